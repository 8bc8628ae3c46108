import { once } from 'node:events'
import type { IncomingHttpHeaders } from 'node:http'
import type { AddressInfo, Server, Socket } from 'node:net'
import type { Signal, Telemetry } from '../../src/receiver/decode-export.ts'
import type { ReceivedLog, ReceivedMetric, ReceivedSpan } from '../../src/testing.ts'
import { createGrpcFaults, type GrpcBehaviour } from './grpc-faults.ts'
import { createHttpFaults, type HttpBehaviour } from './http-faults.ts'

/** `refuse` is a port that nobody listens on; the others are in the tables of the two protocols. */
export type Behaviour = 'refuse' | HttpBehaviour | GrpcBehaviour

/** One request that came in whole, whatever became of it. */
export interface Knock {
  readonly path: string
  /** Undefined for a path that is none of OTLP's. */
  readonly signal: Signal | undefined
  readonly headers: IncomingHttpHeaders
  readonly behaviour: Behaviour
  /** On the clock of `performance.now()`. */
  readonly atMs: number
}

/** What the two protocols need of the server. */
export interface Desk {
  /** Remembers a request, and says how to behave. */
  hear(knock: Omit<Knock, 'behaviour' | 'atMs'>): Behaviour
  /** Remembers what was taken in. */
  keep(telemetry: Telemetry): void
}

export interface FaultServerOptions {
  /** Default: `http`, which takes protobuf and JSON. */
  readonly protocol?: 'http' | 'grpc'
  /** What it does at first. Default: `ok`. */
  readonly behaviour?: Behaviour
  /** Makes it an https server. */
  readonly tls?: boolean
}

/** A collector that misbehaves on command, and counts what it took in nevertheless. Lists are in the order of arrival. */
export interface FaultServer extends AsyncDisposable {
  readonly url: string
  /** Resolves when the next request will be met with it. `ok` is a collector that came back. */
  behave(behaviour: Behaviour): Promise<void>
  knocks(): readonly Knock[]
  /** With those that came twice. */
  spans(): readonly ReceivedSpan[]
  metrics(): readonly ReceivedMetric[]
  logs(): readonly ReceivedLog[]
  /** Asks now and after everything that comes in, and resolves once the answer is true. */
  waitFor(predicate: (server: FaultServer) => boolean, timeoutMs?: number): Promise<void>
}

/** Starts one on a free port of the loopback. */
export async function startFaultServer(options: FaultServerOptions = {}): Promise<FaultServer> {
  const { protocol = 'http', behaviour = 'ok', tls = false } = options
  const knocks: Knock[] = []
  const kept: Telemetry[] = []
  const waits = new Set<() => void>()
  const sockets = new Set<Socket>()
  let current: Behaviour = 'ok'

  const desk: Desk = {
    hear(knock) {
      knocks.push({ ...knock, behaviour: current, atMs: performance.now() })
      for (const ask of waits) ask()
      return current
    },
    keep(telemetry) {
      kept.push(telemetry)
      for (const ask of waits) ask()
    },
  }
  const server: Server = protocol === 'grpc' ? createGrpcFaults(desk) : createHttpFaults(desk, tls)
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {}) // a client that hangs up rudely; 'close' follows
    socket.on('close', () => sockets.delete(socket))
  })

  async function open(port: number): Promise<void> {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }

  async function close(): Promise<void> {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }

  await open(0)
  const { port } = server.address() as AddressInfo
  const faults: FaultServer = {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    async behave(behaviour) {
      current = behaviour
      if (behaviour === 'refuse') await close()
      else if (!server.listening) await open(port)
    },
    knocks: () => knocks,
    spans: () => kept.flatMap(({ spans = [] }) => spans),
    metrics: () => kept.flatMap(({ metrics = [] }) => metrics),
    logs: () => kept.flatMap(({ logs = [] }) => logs),
    waitFor(predicate, timeoutMs = 15_000) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const ask = () => {
        try {
          if (predicate(faults)) resolve()
        } catch (error) {
          reject(error)
        }
      }
      const deadline = setTimeout(() => reject(new Error(describe(faults, predicate, timeoutMs))), timeoutMs)
      waits.add(ask)
      ask()
      return promise.finally(() => {
        clearTimeout(deadline)
        waits.delete(ask)
      })
    },
    [Symbol.asyncDispose]: close,
  }
  await faults.behave(behaviour)
  return faults
}

function describe(server: FaultServer, predicate: object, timeoutMs: number): string {
  const knocks = Map.groupBy(server.knocks(), ({ behaviour, path }) => `${behaviour} ${path}`)
  return [
    `not seen within ${timeoutMs} ms: ${predicate}`,
    `taken in: ${server.spans().length} spans, ${server.metrics().length} metrics, ${server.logs().length} log records`,
    ...[...knocks].map(([what, { length }]) => `${length} x ${what}`),
  ].join('\n')
}
