import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Receiver, startReceiver } from '../../src/testing.ts'
import { runApp } from '../harness/app.ts'

const apps = join(import.meta.dirname, '../apps/doors')
const env = { OTEL_SERVICE_NAME: 'late' }

describe('what a file made while it was loaded works after set-up', () => {
  test.each([
    ['in ES modules', 'late-setup.mjs'],
    ['in CommonJS', 'late-setup.cjs'],
    ['where an ES module imports CommonJS', 'late-setup-mixed.mjs'],
  ])('%s', async (_name, file) => {
    await using receiver = await startReceiver()

    const result = await runApp({ file: join(apps, file), env: { ...env, ...receiver.env } })

    expect(result).toEqual({ code: 0, signal: null, stdout: '', stderr: '' })
    expectSpanAndLog(receiver)
    expect(earlyMetrics(receiver)).toEqual({
      'early.counter': 1,
      'early.up_down_counter': 2,
      'early.histogram': 3,
      'early.gauge': 4,
      'early.observable': 5,
      'early.batch.left': 6,
      'early.batch.right': 7,
    })
  })
})

describe('of what was made before ours was imported only the metrics are lost, as the documentation says', () => {
  test.each(['late-import.mjs', 'late-import.cjs'])('%s', async file => {
    await using receiver = await startReceiver()

    const result = await runApp({ file: join(apps, file), env: { ...env, ...receiver.env } })

    expect(result).toEqual({ code: 0, signal: null, stdout: '', stderr: '' })
    expectSpanAndLog(receiver)
    expect(earlyMetrics(receiver)).toEqual({})
  })
})

test('a configuration file serves what was made before it was read, too', async () => {
  await using receiver = await startReceiver()
  const configFile = join(apps, 'late.yaml')
  for (const file of ['late-setup.mjs', 'late-setup.cjs']) {
    receiver.clear()
    const result = await runApp({
      file: join(apps, file),
      env: { ...env, ...receiver.env, OTEL_CONFIG_FILE: configFile },
    })
    expect(result).toEqual({ code: 0, signal: null, stdout: '', stderr: '' })
    expectSpanAndLog(receiver)
    expect(Object.keys(earlyMetrics(receiver))).toHaveLength(7)
  }
})

function expectSpanAndLog(receiver: Receiver): void {
  const [span] = receiver.spans()
  expect(receiver.spans()).toMatchObject([{ name: 'early', scope: { name: 'early' } }])
  expect(receiver.logs()).toMatchObject([{ body: 'early', traceId: span?.traceId, spanId: span?.spanId }])
}

/** The number that each metric brought; of a histogram the sum. */
function earlyMetrics(receiver: Receiver): Record<string, number | undefined> {
  const early = receiver.metrics().filter(metric => metric.scope.name === 'early')
  return Object.fromEntries(early.map(({ name, points: [point] }) => [name, point?.value ?? point?.sum]))
}
