import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { buffer } from 'node:stream/consumers'
import { decodeExport, decompress, type Encoding, type Signal } from '../../src/receiver/decode-export.ts'
import type { Desk } from './fault-server.ts'
import { localhostCertificate } from './localhost-certificate.ts'
import { describePartialSuccess, describeStatus, splitTelemetry } from './otlp-answers.ts'

const signals: Readonly<Record<string, Signal>> = {
  '/v1/traces': 'traces',
  '/v1/metrics': 'metrics',
  '/v1/logs': 'logs',
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly desk: Desk
  readonly body: Buffer
  readonly signal: Signal
  readonly encoding: Encoding
}

type Fault = (exchange: Exchange) => void

/** What an OTLP/HTTP collector can do to us, once it has read a request. */
const faults = {
  ok: exchange => accept(exchange, exchange.encoding === 'json' ? '{}' : ''),
  hang: () => {},
  /** One byte a second, and the status is never complete. */
  'drip-head': ({ request: { socket } }) => drip('HTTP/1.1 200 OK\r\n', byte => socket.write(byte), socket),
  /** The status and the headers at once, then one byte a second. */
  'drip-body': exchange => {
    keep(exchange)
    const { response } = exchange
    response.writeHead(200, { 'content-type': 'application/x-protobuf', 'content-length': 1000 })
    drip('x'.repeat(1000), byte => response.write(byte), response)
  },
  reset: ({ request }) => request.socket.resetAndDestroy(),
  400: exchange => refuse(exchange, 400, 'span name is too long'),
  /** As some gateways do, it repeats what it was given. */
  401: exchange => say(exchange, 401, `who is "${exchange.request.headers.authorization}"? ask the platform team`),
  403: exchange => say(exchange, 403, 'this tenant may not write'),
  413: exchange => say(exchange, 413, 'request entity too large'),
  '429 for 1 s': exchange => say(exchange, 429, 'slow down', { 'retry-after': '1' }),
  '429 for 60 s': exchange => say(exchange, 429, 'slow down', { 'retry-after': '60' }),
  500: exchange => refuse(exchange, 500, 'the pipeline is broken'),
  503: exchange => refuse(exchange, 503, 'the sending queue is full'),
  redirect: exchange => say(exchange, 307, '', { location: `/elsewhere${exchange.request.url}` }),
  garbage: exchange => accept(exchange, Buffer.alloc(100, 0xff)),
  html: exchange => accept(exchange, '<!doctype html><h1>Welcome</h1>', 'text/html'),
  'partial success': exchange => {
    const { signal, encoding } = exchange
    const { taken, rejected } = splitTelemetry(read(exchange))
    exchange.desk.keep(taken)
    answer(exchange, 200, describePartialSuccess({ signal, encoding, rejected, message: 'some are too old' }))
  },
  'huge answer': exchange => accept(exchange, Buffer.alloc(10 * 1024 * 1024)),
  slow: exchange => {
    const later = setTimeout(() => faults.ok(exchange), 4000)
    exchange.response.on('close', () => clearTimeout(later))
  },
} as const satisfies Readonly<Record<string, Fault>>

/** Keys that look like numbers become strings, as they are in `faults`. */
export type HttpBehaviour = `${keyof typeof faults}`

/** An HTTP server that asks the desk what to do with each request. It is not listening yet. */
export function createHttpFaults(desk: Desk, tls: boolean): Server {
  const onRequest: RequestListener = (request, response) => {
    serve(desk, request, response).catch(() => response.destroy()) // the client left in the middle of its request
  }
  return tls ? createSecureServer(localhostCertificate, onRequest) : createServer(onRequest)
}

async function serve(desk: Desk, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url ?? ''
  const body = await buffer(request)
  const signal = signals[path]
  const behaviour = desk.hear({ path, signal, headers: request.headers })
  if (!signal) return void response.writeHead(404).end()
  const encoding = request.headers['content-type'] === 'application/json' ? 'json' : 'protobuf'
  const fault: Fault | undefined = faults[behaviour as keyof typeof faults]
  if (!fault) return void response.destroy(new Error(`${behaviour} is nothing that HTTP knows`))
  fault({ request, response, desk, body, signal, encoding })
}

function read({ signal, encoding, body, request }: Exchange): ReturnType<typeof decodeExport> {
  return decodeExport(signal, encoding, decompress(body, request.headers['content-encoding']))
}

function keep(exchange: Exchange): void {
  exchange.desk.keep(read(exchange))
}

function accept(exchange: Exchange, body: Buffer | string, type?: string): void {
  keep(exchange)
  answer(exchange, 200, body, type)
}

function refuse(exchange: Exchange, status: number, message: string): void {
  answer(exchange, status, describeStatus(exchange.encoding, message))
}

/** As gateways in front of a collector speak. */
function say({ response }: Exchange, status: number, words: string, headers: OutgoingHttpHeaders = {}): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...headers }).end(words)
}

function answer({ request, response }: Exchange, status: number, body: Buffer | string, type?: string): void {
  response.writeHead(status, { 'content-type': type ?? request.headers['content-type'] }).end(body)
}

function drip(text: string, write: (byte: string) => void, until: NodeJS.EventEmitter): void {
  const bytes = text[Symbol.iterator]()
  const tick = () => write(bytes.next().value ?? ' ')
  const timer = setInterval(tick, 1000)
  until.on('close', () => clearInterval(timer))
  tick()
}
