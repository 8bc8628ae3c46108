import { createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import type { Server } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { decodeExport, decompress, type Signal } from '../../src/receiver/decode-export.ts'
import type { Desk } from './fault-server.ts'
import { describePartialSuccess, splitTelemetry } from './otlp-answers.ts'

const signals: Readonly<Record<string, Signal>> = {
  '/opentelemetry.proto.collector.trace.v1.TraceService/Export': 'traces',
  '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export': 'metrics',
  '/opentelemetry.proto.collector.logs.v1.LogsService/Export': 'logs',
}

interface Call {
  readonly stream: ServerHttp2Stream
  readonly desk: Desk
  readonly body: Buffer
  readonly headers: IncomingHttpHeaders
  readonly signal: Signal
}

type Fault = (call: Call) => void

/** What an OTLP/gRPC collector can do to us, once it has read a call. */
const faults = {
  ok: call => {
    call.desk.keep(read(call))
    answer(call, Buffer.alloc(0))
  },
  hang: () => {},
  reset: ({ stream }) => stream.session?.destroy(),
  /** As some gateways do, it repeats what it was given. */
  unauthenticated: call => refuse(call, 16, `who is "${call.headers.authorization}"? ask the platform team`),
  'invalid argument': call => refuse(call, 3, 'span name is too long'),
  unavailable: call => refuse(call, 14, 'the sending queue is full'),
  'partial success': call => {
    const { taken, rejected } = splitTelemetry(read(call))
    call.desk.keep(taken)
    const { signal } = call
    answer(call, describePartialSuccess({ signal, encoding: 'protobuf', rejected, message: 'some are too old' }))
  },
} as const satisfies Readonly<Record<string, Fault>>

export type GrpcBehaviour = keyof typeof faults

/** An HTTP/2 server that asks the desk what to do with each call. It is not listening yet. */
export function createGrpcFaults(desk: Desk): Server {
  const server = createServer()
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {}) // a client that hangs up rudely
    serve(desk, stream, headers).catch(() => stream.destroy())
  })
  server.on('session', session => session.on('error', () => {}))
  return server
}

async function serve(desk: Desk, stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
  const path = headers[':path'] ?? ''
  const body = await buffer(stream)
  const signal = signals[path]
  const behaviour = desk.hear({ path, signal, headers })
  const fault: Fault | undefined = faults[behaviour as GrpcBehaviour]
  if (!signal || !fault) return void stream.destroy(new Error(`${path}: ${behaviour} is nothing that gRPC knows`))
  fault({ stream, desk, body, headers, signal })
}

/** A flag byte and four bytes of length stand before the message. */
const framePrefix = 5

function read({ signal, body, headers }: Call): ReturnType<typeof decodeExport> {
  const compression = body[0] === 1 ? String(headers['grpc-encoding']) : 'identity'
  return decodeExport(signal, 'protobuf', decompress(body.subarray(framePrefix), compression))
}

function answer({ stream }: Call, message: Buffer): void {
  const prefix = Buffer.alloc(framePrefix)
  prefix.writeUInt32BE(message.length, 1)
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
  stream.end(Buffer.concat([prefix, message]))
}

function refuse({ stream }: Call, code: number, message: string): void {
  const status = { 'grpc-status': String(code), 'grpc-message': encodeURIComponent(message) }
  stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...status }, { endStream: true })
}
