import { copyFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { startReceiver } from '../../src/testing.ts'
import { distinctSpans, listValues } from '../harness/arrivals.ts'
import { startFaultServer } from '../harness/fault-server.ts'
import { startPm2 } from '../harness/pm2.ts'
import { tempFolder } from '../harness/temp-folder.ts'
import { countVisits, visitAll } from '../harness/visits.ts'

const register = pathToFileURL(createRequire(import.meta.url).resolve('../../dist/register.js')).href
const api = import.meta.resolve('@opentelemetry/api')
const preload = { node_args: ['--import', register] }
const script = (name: string) => join(import.meta.dirname, '../apps/pm2', name)

type Mode = keyof typeof modes
const modes = {
  cluster: { exec_mode: 'cluster', instances: 2 },
  fork: { exec_mode: 'fork', instances: 1 },
} as const

/** On a busy machine, too, an app may end in peace; PM2 waits 1600 ms otherwise. */
const inPeace = { kill_timeout: 20_000 }
const general = { OTEL_SERVICE_NAME: 'api', OTEL_NODE_EXIT_TIMEOUT: '15000' }

describe('PM2', { timeout: 60_000 }, () => {
  test.for(['app.mjs', 'app.cjs'])(
    'in cluster mode, every instance speaks as the ecosystem file says (%s)',
    async name => {
      await using receiver = await startReceiver()
      const app = { ...preload, script: script(name) }
      const { visits, log } = await play({ mode: 'cluster', app, env: receiver.env })

      expect(listValues(receiver, 'service.name')).toEqual(['api'])
      expect(listValues(receiver, 'process.pid')).toEqual([...visits.keys()].toSorted())
      expect(listValues(receiver, 'process.worker.id')).toEqual([0, 1])
      expect(listValues(receiver, 'process.role')).toEqual(['cluster_worker'])
      expect(listValues(receiver, 'service.instance.id')).toHaveLength(2)
      expect(distinctSpans(receiver)).toHaveLength(countVisits(visits))
      expect(log).not.toContain('@org/otel]')
    },
  )

  test('in fork mode, the app is a program of its own, with a number', async () => {
    await using receiver = await startReceiver()
    const { visits } = await play({ mode: 'fork', app: preload, env: receiver.env })

    expect(listValues(receiver, 'process.pid')).toEqual([...visits.keys()])
    expect(listValues(receiver, 'process.worker.id')).toEqual([0])
    expect(listValues(receiver, 'process.role')).toEqual(['main'])
    expect(distinctSpans(receiver)).toHaveLength(1)
  })

  test('in fork mode, the app is no child of the program that called PM2, nor in its trace', async () => {
    await using receiver = await startReceiver()
    const folder = tempFolder()
    copyFileSync(script('app.mjs'), join(folder, 'app.mjs'))
    const code = `import { trace } from ${JSON.stringify(api)}; trace.getTracer('app').startSpan('start').end(); import('./app.mjs')`
    writeFileSync(join(folder, 'start.mjs'), code)
    const shell = { OTEL_NODE_PARENT_PID: '1', TRACEPARENT: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01` }
    await play({ mode: 'fork', app: { ...preload, script: join(folder, 'start.mjs') }, env: receiver.env, shell })

    expect(listValues(receiver, 'process.role')).toEqual(['main'])
    expect(receiver.spans().find(({ name }) => name === 'start')).toMatchObject({ parentSpanId: undefined })
  })

  test('lends its own name to nobody: a service is called as without it, by its package', async () => {
    await using receiver = await startReceiver()
    const folder = tempFolder()
    writeFileSync(join(folder, 'package.json'), '{ "name": "shop", "version": "4.5.6" }')
    copyFileSync(script('app.mjs'), join(folder, 'index.mjs'))
    const app = { ...preload, name: 'blue', script: join(folder, 'index.mjs') }
    await play({ mode: 'cluster', app, env: { ...receiver.env, OTEL_SERVICE_NAME: '' } })

    expect(listValues(receiver, 'service.name')).toEqual(['shop'])
    expect(listValues(receiver, 'service.version')).toEqual(['4.5.6'])
  })

  test.for(['cluster', 'fork'] as const)('stays out of the NODE_OPTIONS of a container (%s mode)', async mode => {
    await using receiver = await startReceiver()
    const shell = { ...receiver.env, NODE_OPTIONS: `--import ${register}` }
    const { visits } = await play({ mode, shell })

    expect(listValues(receiver, 'process.pid')).toEqual([...visits.keys()].toSorted())
    expect(distinctSpans(receiver)).toHaveLength(countVisits(visits))
  })

  test('has the variables of an instance in place for set-up in code', async () => {
    await using receiver = await startReceiver()
    const { visits } = await play({ mode: 'cluster', env: { ...receiver.env, SETUP: 'in code' } })

    expect(listValues(receiver, 'service.name')).toEqual(['api'])
    expect(listValues(receiver, 'process.worker.id')).toEqual([0, 1])
    expect(distinctSpans(receiver)).toHaveLength(countVisits(visits))
  })

  test.for([
    { mode: 'cluster', does: 'has workers, where deferred set-up begins by itself', speakers: 2 },
    { mode: 'fork', does: 'is nobody’s parent: deferred set-up waits', speakers: 0 },
  ] as const)('in $mode mode $does', async ({ mode, speakers }) => {
    await using receiver = await startReceiver()
    await play({ mode, app: preload, env: { ...receiver.env, _OTEL_DEFER_SETUP: true } })

    expect(listValues(receiver, 'process.pid')).toHaveLength(speakers)
  })

  // The one test here that is about time: a machine may be too busy for it once.
  test.for([
    { mode: 'cluster', ENDING: 'none' },
    { mode: 'cluster', ENDING: 'its own' },
    { mode: 'fork', ENDING: 'none' },
    { mode: 'fork', ENDING: 'its own' },
  ] as const)(
    'does not lose patience with an app whose collector hangs ($mode mode, way to end: $ENDING)',
    async ({ mode, ENDING }) => {
      await using collector = await startFaultServer({ behaviour: 'hang' })
      const OTEL_EXPORTER_OTLP_ENDPOINT = collector.url
      // Less than the default of 1000, which leaves a busy machine too little of PM2's 1600.
      const env = { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_NODE_EXIT_TIMEOUT: '300', ENDING }
      const { visits, log } = await play({ mode, app: { ...preload, kill_timeout: undefined }, env })

      const losses = [...log.matchAll(/traces: sent 0, lost (\d+)/g)]
      expect(losses.reduce((total, [, lost]) => total + Number(lost), 0)).toBe(countVisits(visits))
      expect(log).not.toContain('SIGKILL')
    },
  )

  test('reloads a cluster, and nothing is lost', async () => {
    await using receiver = await startReceiver()
    const app = { ...modes.cluster, ...preload, ...inPeace, script: script('app.mjs') }
    await using pm2 = await startPm2({ app: { ...app, env: { ...general, ...receiver.env } } })

    const before = await visitAll(await pm2.port(), 2)
    const reloading = pm2.run('reload', 'app')
    const visits = await visitAll(await pm2.port(), 4, before)
    await reloading
    await pm2.end()

    expect(distinctSpans(receiver)).toHaveLength(countVisits(visits))
    expect(listValues(receiver, 'process.worker.id')).toEqual([0, 1])
    expect(listValues(receiver, 'service.instance.id')).toHaveLength(4)
    expect(pm2.log()).not.toContain('SIGKILL')
  })
})

interface Play {
  readonly mode: Mode
  readonly app?: object
  /** Of the ecosystem file. */
  readonly env?: object
  readonly shell?: Readonly<Record<string, string>>
}

/** From the start of PM2 to its end, with requests until every instance has answered. */
async function play({ mode, app, env, shell = {} }: Play) {
  const defaults = { ...modes[mode], ...inPeace, script: script('app.mjs') }
  await using pm2 = await startPm2({ app: { ...defaults, ...app, env: { ...general, ...env } }, env: shell })
  const visits = await visitAll(await pm2.port(), modes[mode].instances)
  await pm2.end()
  return { visits, log: pm2.log() }
}
