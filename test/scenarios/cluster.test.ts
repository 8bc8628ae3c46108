import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Receiver, startReceiver } from '../../src/testing.ts'
import { startApp } from '../harness/app.ts'
import { listValues, spansOf } from '../harness/arrivals.ts'
import { visitAll } from '../harness/visits.ts'

const register = createRequire(import.meta.url).resolve('../../dist/register.js')
const preload = ['--import', register]

const deferred: readonly [string, readonly string[], Readonly<Record<string, string>>][] = [
  ['by the variable', preload, { _OTEL_DEFER_SETUP: 'True' }],
  ['by the variable of this package', preload, { OTEL_NODE_DEFER_SETUP: 'true' }],
  ['in code', [], { SETUP: 'everywhere, deferred' }],
  ['to the workers, which call setupOtel()', [], { SETUP: 'in each worker' }],
]

describe.each(['app.mjs', 'app.cjs'])('a cluster of two (%s)', file => {
  test.each(deferred)('that defers set-up %s has a silent primary and two that speak', async (...given) => {
    const [, nodeOptions, env] = given
    await using receiver = await startReceiver()
    const { primary, visits } = await runCluster({ file, nodeOptions, env, receiver })

    expect(listValues(receiver, 'process.pid')).toEqual([...visits.keys()].toSorted())
    expect(listValues(receiver, 'process.role')).toEqual(['cluster_worker'])
    expect(listValues(receiver, 'process.worker.id')).toEqual([1, 2])
    expect(listValues(receiver, 'process.parent_pid')).toEqual([primary])
    expect(listValues(receiver, 'service.instance.id')).toHaveLength(2)
    for (const [pid, count] of visits) expect(spansOf(receiver, pid)).toHaveLength(count)
  })

  test('that does not defer it has a primary that tells only what it does itself', async () => {
    await using receiver = await startReceiver()
    const { primary, visits } = await runCluster({ file, nodeOptions: preload, env: {}, receiver })

    expect(listValues(receiver, 'process.pid')).toEqual([primary, ...visits.keys()].toSorted())
    expect(listValues(receiver, 'service.instance.id')).toHaveLength(3)
    expect(spansOf(receiver, primary)).toMatchObject([
      { name: 'supervise', resource: { 'process.role': 'cluster_primary' } },
    ])
    for (const [pid, count] of visits) expect(spansOf(receiver, pid)).toHaveLength(count)
  })

  test('shares no instance id, though its variables give one', async () => {
    await using receiver = await startReceiver()
    const env = { OTEL_RESOURCE_ATTRIBUTES: 'service.instance.id=blue' }
    const { visits } = await runCluster({ file, nodeOptions: preload, env, receiver })

    const ids = [...visits.keys()].map(pid => `blue-${pid}`)
    expect(listValues(receiver, 'service.instance.id')).toEqual(['blue', ...ids.toSorted()])
  })
})

interface ClusterOptions {
  readonly file: string
  readonly nodeOptions: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly receiver: Receiver
}

/** From its start to its end, with requests until both workers have answered. */
async function runCluster({ file, nodeOptions, env, receiver }: ClusterOptions) {
  const app = await startApp({
    file: join(import.meta.dirname, '../apps/cluster', file),
    nodeOptions,
    env: { OTEL_SERVICE_NAME: 'cluster', ...receiver.env, ...env },
    ready: /^port \d+\nport \d+$/,
  })
  const [, port] = await app.waitForLine(/^port (\d+)$/)
  const visits = await visitAll(Number(port), 2)
  const { code, stderr } = await app.stop('SIGTERM')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return { primary: app.pid, visits }
}
