import { fileURLToPath } from 'node:url'
import { startServices } from '../../../test/services/start-services.ts'
import { programEnv } from '../../demo-kit/program-env.ts'
import type { Program } from '../../demo-kit/program.ts'
import type { Stage } from '../../demo-kit/stage.ts'
import { startCarrier } from './carrier.ts'
import { findLogLine } from './log-line.ts'
import { type Receiver, startReceiver } from './receiver.ts'

export interface Programs {
  readonly apiUrl: string
  readonly api: Program
  readonly worker: Program
  readonly receiver: Receiver
}

/** Real servers first, then the API and the worker by the scripts that would start them anywhere else. */
export async function startPrograms(stage: Stage): Promise<Programs> {
  const [services, receiver, carrier] = await stage.within(
    90,
    'Starting Postgres, Redis and the receiver',
    Promise.all([
      stage.own(startServices(), services => services.stop()),
      startReceiver(stage),
      stage.own(startCarrier(), carrier => carrier.stop()),
    ]),
  )
  const env = programEnv({
    PORT: '0',
    DATABASE_URL: services.pgUrl,
    REDIS_URL: services.redisUrl,
    CARRIER_URL: carrier.url,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    // autotel-devtools 27 expects varints for the counts of histograms, which OTLP's protobuf has as fixed64, and answers
    // protobuf with JSON. It is at home in JSON.
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  })
  const run = (name: string) =>
    stage.run({
      name: `orders-${name}`,
      command: 'sh',
      args: [fileURLToPath(new URL(`../${name}.sh`, import.meta.url))],
      env,
      onStderr: line => process.stderr.write(`orders-${name}: ${line}\n`),
    })
  const api = run('api')
  const worker = run('worker')
  const [{ port }] = await stage.within(
    20,
    'Starting the API and the worker',
    Promise.all([api.line(findLogLine('listening')), worker.line(findLogLine('waiting for orders'))]),
  )
  return { apiUrl: `http://127.0.0.1:${String(port)}`, api, worker, receiver }
}
