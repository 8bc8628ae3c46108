import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { Encoding, Signal } from './decode-export.ts'
import { decodeExport, decompress } from './decode-export.ts'
import type { Listener, OnArrival } from './listener.ts'
import { listen } from './listener.ts'

const signals: Readonly<Record<string, Signal>> = {
  '/v1/traces': 'traces',
  '/v1/metrics': 'metrics',
  '/v1/logs': 'logs',
}

const encodings: Readonly<Record<string, Encoding>> = {
  'application/x-protobuf': 'protobuf',
  'application/json': 'json',
}

/** OTLP/HTTP: https://opentelemetry.io/docs/specs/otlp/#otlphttp */
export async function startHttpListener(host: string, port: number, onArrival: OnArrival): Promise<Listener> {
  const server = createServer((request, response) => {
    answer(request, response, onArrival).catch(() => response.destroy()) // the client left in the middle of its request
  })
  const url = await listen(server, host, port)
  return {
    url,
    async close(graceMs) {
      const closed = new Promise(resolve => server.close(resolve))
      const deadline = setTimeout(() => server.closeAllConnections(), graceMs)
      await closed
      clearTimeout(deadline)
    },
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, onArrival: OnArrival): Promise<void> {
  const path = request.url?.split('?', 1)[0] ?? ''
  const contentType = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  const body = await buffer(request)
  const arrival = { path, headers: request.headers, bytes: body.length }

  const refuse = (status: number, refusal: string) => {
    response.writeHead(status, { 'content-type': 'text/plain' }).end(`${refusal}\n`)
    onArrival({ ...arrival, refusal }, {})
  }
  const signal = signals[path]
  const encoding = encodings[contentType]
  if (!signal) return refuse(404, `404: nothing is received at ${path}, only at ${Object.keys(signals).join(', ')}`)
  if (request.method !== 'POST') return refuse(405, `405: ${request.method} instead of POST`)
  if (!encoding)
    return refuse(415, `415: content-type '${contentType}' is none of ${Object.keys(encodings).join(', ')}`)
  try {
    const telemetry = decodeExport(signal, encoding, decompress(body, request.headers['content-encoding']))
    response.writeHead(200, { 'content-type': contentType }).end(encoding === 'json' ? '{}' : '')
    onArrival({ ...arrival, refusal: undefined }, telemetry)
  } catch (error) {
    refuse(400, `400: ${(error as Error).message}`)
  }
}
