import { spawnSync } from 'node:child_process'
import { type Receiver, startReceiver } from '../../src/testing.ts'
import { App, type AppResult } from '../harness/app.ts'
import { startFaultServer } from '../harness/fault-server.ts'
import { nodeBinary } from '../harness/node-binary.ts'

/** One way of ending: the first two arguments of the program, and the signal that it gets once it is ready. */
export interface Way {
  readonly name: string
  readonly way: string
  readonly signal?: NodeJS.Signals
  readonly isSent?: boolean
  /** The telemetry is set up by the program itself, not by a preload. */
  readonly setsUp?: boolean
  readonly isFirst?: boolean
}

const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const
const plain = [
  'natural end',
  'process.exit',
  'process.exit in an async function',
  'process.exit in a listener of exit',
  'throw',
  'rejection',
  'thread',
  'thread that calls process.exit',
]

function bySignal(name: string, way: string, more: Partial<Way> = {}): Way[] {
  return signals.map(signal => ({ name: `${signal} ${name}`, way, signal, isSent: true, ...more }))
}

/** All ways in which a program ends. */
export const ways: readonly Way[] = [
  ...plain.map(way => ({ name: way, way })),
  ...bySignal('that nobody handles', 'signal'),
  ...bySignal('that the program sends itself', 'signal to itself', { isSent: false }),
  ...bySignal('with a handler for once, registered before set-up', 'handler before set-up', { setsUp: true }),
  ...bySignal('with a handler for once, registered after set-up', 'handler after set-up'),
  ...bySignal('with a handler for once that sends the signal again', 'handler that kills'),
  ...bySignal('with signal-exit, loaded before set-up', 'signal-exit', { setsUp: true }),
  ...bySignal('with signal-exit, loaded after set-up', 'signal-exit'),
]

/** As the first process of its own container. */
export const firstProcess: Way = {
  name: 'signals to the first process of a container',
  way: 'first process',
  isFirst: true,
}

/** Arguments of `unshare`, and whether it may be used. */
export const inContainer: readonly string[] = ['--pid', '--fork', '--kill-child']
export const hasContainers: boolean = spawnSync('unshare', [...inContainer, 'true']).status === 0

/** Starts the program; without a collector, it runs without telemetry. */
export function start({ way, signal, setsUp, isFirst }: Way, env?: Env): App {
  const preload = env && !setsUp ? ['--import', '@org/otel/register'] : []
  const container = isFirst ? { node: 'unshare', nodeOptions: [...inContainer, nodeBinary()] } : {}
  return new App({
    ...container,
    nodeOptions: [...(container.nodeOptions ?? []), ...preload],
    args: ['test/apps/leaving/program.cjs', way, signal ?? ''],
    env: { ...env, ...(env && setsUp ? { SET_UP: '1' } : {}) },
  })
}

/** Runs the program to its end. */
export async function leave(way: Way, env?: Env): Promise<AppResult> {
  await using app = start(way, env)
  if (way.isSent) {
    await app.waitForLine('ready')
    app.kill(way.signal!)
  }
  return await app.ended
}

type Env = Readonly<Record<string, string>>

export type Protocol = 'http/protobuf' | 'http/json' | 'grpc'
export type Behaviour = 'accepts' | 'refuses' | 'hangs'

export interface Collector extends AsyncDisposable {
  readonly env: Env
  readonly receiver?: Receiver
}

/** A collector that takes everything, one that is not there, or one that takes requests and never answers. */
export async function startCollector(behaviour: Behaviour, protocol: Protocol): Promise<Collector> {
  const env = (url: string): Env => ({
    OTEL_SERVICE_NAME: 'leaving',
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    OTEL_NODE_EXIT_TIMEOUT: behaviour === 'hangs' ? '300' : '5000', // a busy machine is slow
  })
  if (behaviour === 'accepts') {
    const receiver = await startReceiver()
    return {
      env: env(protocol === 'grpc' ? receiver.grpcUrl : receiver.url),
      receiver,
      [Symbol.asyncDispose]: () => receiver.close(),
    }
  }
  const server = await startFaultServer({
    behaviour: behaviour === 'refuses' ? 'refuse' : 'hang',
    protocol: protocol === 'grpc' ? 'grpc' : 'http',
  })
  return { env: env(server.url), [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}
