import { expect, test } from 'vitest'
import { startReceiver } from '../../src/testing.ts'
import { processJobs, sandboxApp, sandboxes } from './sandbox-program.ts'

const endings = [
  { job: 'throws', how: 'throws', type: 'RangeError', message: 'no' },
  { job: 'throws-later', how: 'ends by an uncaught exception', type: 'TypeError', message: 'late' },
  { job: 'rejects', how: 'ends by an unhandled rejection', type: 'OutOfStock', message: 'nobody waits' },
  { job: 'exits', how: 'exits', type: 'EXIT_3', message: 'Unexpected exit code: 3 signal: null' },
]
const killed = {
  job: 'kills',
  how: 'is killed',
  type: 'SIGKILL',
  message: 'Unexpected exit code: null signal: SIGKILL',
}

test.each([
  ...sandboxes.flatMap(sandbox => endings.map(ending => ({ ...sandbox, ...ending, within: ['before the end'] }))),
  { ...sandboxes[0]!, ...killed, within: [] }, // what it had not sent is lost
])(
  'where one of the $sandbox $how, that is the error of the attempt: $type',
  async ({ threads, job, type, message, within }) => {
    await using receiver = await startReceiver()
    const program = {
      file: sandboxApp('worker.mjs'),
      nodeOptions: ['--import', '@org/otel/register'],
      env: { THREADS: threads, PROCESSOR: sandboxApp('failing-processor.mjs') },
    }

    const { code } = await processJobs(receiver, 1, program, job)

    expect(code).toBe(0)
    const spans = receiver.spans()
    const attempt = spans.find(span => span.name === 'process jobs')
    expect(attempt).toMatchObject({
      status: { code: 'ERROR', message },
      attributes: { 'error.type': type, 'bullmq.job.state': 'failed' },
    })
    const inside = spans.filter(({ scope, parentSpanId }) => scope.name === 'app' && parentSpanId === attempt?.spanId)
    expect(inside.map(span => span.name)).toEqual(within)
  },
)
