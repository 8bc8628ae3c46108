import type { Http2Server, IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2'
import { createServer } from 'node:http2'
import type { Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { MalformedError } from './cursor.ts'
import type { Signal } from './decode-export.ts'
import { decodeExport, decompress } from './decode-export.ts'
import type { Listener, OnArrival } from './listener.ts'
import { listen } from './listener.ts'

const signals: Readonly<Record<string, Signal>> = {
  '/opentelemetry.proto.collector.trace.v1.TraceService/Export': 'traces',
  '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export': 'metrics',
  '/opentelemetry.proto.collector.logs.v1.LogsService/Export': 'logs',
}

/** https://grpc.io/docs/guides/status-codes */
const status = { ok: '0', invalidArgument: '3', unimplemented: '12' }

/** A flag byte and four bytes of length stand before every message; an empty message follows them with nothing. */
const framePrefix = 5
const emptyMessage = Buffer.alloc(framePrefix)

/** OTLP/gRPC without TLS: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md */
export async function startGrpcListener(host: string, port: number, onArrival: OnArrival): Promise<Listener> {
  const server = createServer()
  const sessions = remember<ServerHttp2Session>(server, 'session')
  const sockets = remember<Socket>(server, 'connection')
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {}) // a client that hangs up rudely
    answer(stream, headers, onArrival).catch(() => stream.destroy())
  })
  const url = await listen(server, host, port)
  return {
    url,
    async close(graceMs) {
      const closed = new Promise(resolve => server.close(resolve))
      for (const session of sessions) session.close()
      const deadline = setTimeout(() => sockets.forEach(socket => socket.destroy()), graceMs)
      await closed
      clearTimeout(deadline)
    },
  }
}

/** Those that are open at the moment. */
function remember<Thing extends ServerHttp2Session | Socket>(server: Http2Server, event: string): ReadonlySet<Thing> {
  const open = new Set<Thing>()
  server.on(event, (thing: Thing) => {
    open.add(thing)
    thing.on('error', () => {}) // a client that hangs up rudely; 'close' follows
    thing.on('close', () => open.delete(thing))
  })
  return open
}

async function answer(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, onArrival: OnArrival): Promise<void> {
  const path = headers[':path'] ?? ''
  const body = await buffer(stream)
  const arrival = { path, headers, bytes: body.length }

  const refuse = (code: string, refusal: string) => {
    const trailers = { 'grpc-status': code, 'grpc-message': encodeURIComponent(refusal) }
    stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...trailers }, { endStream: true })
    onArrival({ ...arrival, refusal }, {})
  }
  const signal = signals[path]
  if (!signal) return refuse(status.unimplemented, `${path} is none of ${Object.keys(signals).join(', ')}`)
  try {
    const telemetry = decodeExport(signal, 'protobuf', unframe(body, headers['grpc-encoding']))
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': status.ok }))
    stream.end(emptyMessage)
    onArrival({ ...arrival, refusal: undefined }, telemetry)
  } catch (error) {
    refuse(status.invalidArgument, (error as Error).message)
  }
}

function unframe(body: Buffer, compression: string | string[] | undefined): Buffer {
  if (body.length < framePrefix || body.length !== framePrefix + body.readUInt32BE(1)) {
    throw new MalformedError('expected one gRPC message, complete')
  }
  const isCompressed = body[0] === 1
  return decompress(body.subarray(framePrefix), isCompressed ? String(compression) : 'identity')
}
