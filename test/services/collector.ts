import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { App } from '../harness/app.ts'
import { tempFolder } from '../harness/temp-folder.ts'
import { freePort } from './free-port.ts'
import { packageFolder } from './package-folder.ts'
import { untilConnected } from './until-connected.ts'

/** An OpenTelemetry collector made by others. */
export interface Collector extends AsyncDisposable {
  readonly url: string
  readonly grpcUrl: string
}

/**
 * Starts rotel, a collector in Rust that npm brings, which forwards by OTLP/gRPC.
 * Undefined on platforms for which it does not exist.
 */
export async function startCollector(forwardTo: { readonly grpcUrl: string }): Promise<Collector | undefined> {
  const folder = packageFolder(`@streamfold/rotel-${process.platform}-${process.arch}`)
  if (!folder) return undefined
  const program = join(folder, 'bin/rotel-agent')
  chmodSync(program, 0o755)
  const files = tempFolder()
  const [httpPort, grpcPort] = [await freePort(), await freePort()]
  const settings = {
    'otlp-http-endpoint': `127.0.0.1:${httpPort}`,
    'otlp-grpc-endpoint': `127.0.0.1:${grpcPort}`,
    exporter: 'otlp',
    'otlp-exporter-protocol': 'grpc',
    'otlp-exporter-endpoint': forwardTo.grpcUrl,
    'otlp-exporter-compression': 'gzip',
    'batch-timeout': '50ms',
    // Otherwise both have fixed names, and two collectors meet.
    'pid-file': join(files, 'pid'),
    'log-file': join(files, 'log'),
  }
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
  const app = new App({ node: program, args: ['start', ...args], timeoutMs: 60_000 })
  await Promise.all([untilConnected(httpPort), untilConnected(grpcPort)])
  return {
    url: `http://127.0.0.1:${httpPort}`,
    grpcUrl: `http://127.0.0.1:${grpcPort}`,
    [Symbol.asyncDispose]: async () => void (await app.stop()),
  }
}
