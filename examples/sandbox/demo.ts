// Jobs in sandboxes, and each one trace: `npm run demo:sandbox` in the root of the repository.
import { fileURLToPath } from 'node:url'
import type { ReceivedSpan, Receiver } from '../../src/testing.ts'
import { formatByProcess, nameProcess } from '../demo-kit/format-by-process.ts'
import { playDemo } from '../demo-kit/play-demo.ts'
import { programEnv } from '../demo-kit/program-env.ts'
import { bold, say } from '../demo-kit/say.ts'
import { startBackends } from '../demo-kit/start-backends.ts'
import { sandboxes } from './queues.ts'

const expected = (queue: string): readonly string[] => [`add ${queue}`, `process ${queue}`, 'draw', 'press']

await playDemo(async stage => {
  say('Starting Redis, a receiver, an API, and a worker with sandboxes of both kinds.')
  const { redisUrl, receiver } = await startBackends(stage)
  const run = (name: string) =>
    stage.run({
      name: `reports-${name}`,
      command: 'sh',
      args: [fileURLToPath(new URL(`${name}.sh`, import.meta.url))],
      env: programEnv({ PORT: '0', REDIS_URL: redisUrl, ...receiver.env }),
      onStderr: line => process.stderr.write(`reports-${name}: ${line}\n`),
    })
  const [api, worker] = [run('api'), run('worker')]
  const find = (pattern: RegExp) => (line: string) => pattern.exec(line) ?? undefined
  const ready = Promise.all([api.line(find(/listens on port (\d+)/)), worker.line(find(/waits for jobs/))])
  const [[, port]] = await stage.within(20, 'Starting', ready)

  for (const { queue, useWorkerThreads } of sandboxes) {
    await fetch(`http://127.0.0.1:${port}/${queue}`, { method: 'POST', signal: stage.signal })
    const trace = await stage.within(20, `The trace of ${queue}`, waitForTrace(receiver, queue))
    say('', bold(useWorkerThreads ? 'In a thread' : 'In a process'), '', formatByProcess(trace))
    const line = await receiver.waitFor(r => r.logs().find(log => log.traceId === trace[0]?.traceId))
    say('', `Its log line "${String(line.body)}" comes from ${nameProcess(line.resource)}.`)
  }
  return 0
})

/** Resolves when each has arrived, as a child of the one before. */
async function waitForTrace(receiver: Receiver, queue: string): Promise<readonly ReceivedSpan[]> {
  return receiver.waitFor(
    r => {
      const request = r
        .spans()
        .find(({ kind, attributes }) => kind === 'SERVER' && attributes['url.path'] === `/${queue}`)
      const trace = r.spans().filter(span => span.traceId === request?.traceId)
      const last = expected(queue).reduce<ReceivedSpan | undefined>(
        (parent, name) => trace.find(span => span.name === name && span.parentSpanId === parent?.spanId),
        request,
      )
      return request !== undefined && last !== undefined && trace
    },
    { timeoutMs: 20_000 },
  )
}
