import { connect } from 'node:http2'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import type { Receiver } from '../../src/testing.ts'
import { loadOfficialOtlp } from './official-otlp.ts'

export type Signal = 'trace' | 'metrics' | 'logs'
export interface Way {
  readonly protocol: 'http/protobuf' | 'http/json' | 'grpc'
  readonly isGzip: boolean
}

/** What came back, in the words of the protocol: the HTTP status, or the status of gRPC. */
export interface Answer {
  readonly status: number
  readonly message: string
}

const root = loadOfficialOtlp()
const serviceNames = { trace: 'Trace', metrics: 'Metrics', logs: 'Logs' }
const httpPaths = { trace: '/v1/traces', metrics: '/v1/metrics', logs: '/v1/logs' }

/** Sends an export, given as OTLP's JSON, as any client would. */
export function send(receiver: Receiver, signal: Signal, json: object, { protocol, isGzip }: Way): Promise<Answer> {
  const body = protocol === 'http/json' ? Buffer.from(JSON.stringify(json)) : encode(signal, json)
  const sent = isGzip ? gzipSync(body) : body
  if (protocol === 'grpc') {
    const path = `/opentelemetry.proto.collector.${signal}.v1.${serviceNames[signal]}Service/Export`
    return call(receiver.grpcUrl, path, frame(sent, isGzip), isGzip ? { 'grpc-encoding': 'gzip' } : {})
  }
  return post(receiver.url + httpPaths[signal], sent, {
    'content-type': protocol === 'http/json' ? 'application/json; charset=utf-8' : 'application/x-protobuf',
    ...(isGzip ? { 'content-encoding': 'gzip' } : {}),
  })
}

export async function post(url: string, body: Buffer | string, headers: Record<string, string>): Promise<Answer> {
  const response = await fetch(url, { method: 'POST', body: new Uint8Array(Buffer.from(body)), headers })
  return { status: response.status, message: await response.text() }
}

export async function call(url: string, path: string, body: Buffer, headers: object = {}): Promise<Answer> {
  const session = connect(url)
  try {
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    })
    let answer: Record<string, unknown> = {}
    stream.on('response', fields => (answer = { ...answer, ...fields }))
    stream.on('trailers', fields => (answer = { ...answer, ...fields }))
    stream.end(body)
    await buffer(stream)
    return { status: Number(answer['grpc-status']), message: decodeURIComponent(String(answer['grpc-message'] ?? '')) }
  } finally {
    session.destroy()
  }
}

export function frame(message: Buffer, isCompressed: boolean): Buffer {
  const prefix = Buffer.alloc(5)
  prefix.writeUInt8(isCompressed ? 1 : 0)
  prefix.writeUInt32BE(message.length, 1)
  return Buffer.concat([prefix, message])
}

/** To Protocol Buffers, by way of the official definitions and somebody else's encoder. */
function encode(signal: Signal, json: object): Buffer {
  const type = root.lookupType(`opentelemetry.proto.collector.${signal}.v1.Export${serviceNames[signal]}ServiceRequest`)
  const ids = new Set(['traceId', 'spanId', 'parentSpanId'])
  const message = JSON.parse(JSON.stringify(json), (key, value) => (ids.has(key) ? Buffer.from(value, 'hex') : value))
  return Buffer.from(type.encode(type.fromObject(message)).finish())
}
