import { describe, expect, test } from 'vitest'
import { startReceiver } from '../../src/testing.ts'
import { runApp } from '../harness/app.ts'
import { cjs, esm } from '../harness/code.ts'

const work = `
  const { createRequire } = process.getBuiltinModule('module')
  const loaded = () => Object.keys(createRequire(process.cwd() + '/x.js').cache).join()
  const before = loaded()
  async function use(DataLoader) {
    await new DataLoader(async keys => keys).load(1)
    console.log(JSON.stringify([before, loaded()].map(paths => paths.includes('instrumentation-dataloader'))))
  }`

describe.concurrent('a library that only the optional packages know is watched from when it is loaded', () => {
  test.each([
    [
      'by an ES module',
      esm(`${work}\n const { default: DataLoader } = await import('dataloader'); await use(DataLoader)`),
      [false, true],
    ],
    [
      'by an ES module, before',
      esm(`import DataLoader from 'dataloader'\n${work}\n await use(DataLoader)`),
      [true, true],
    ],
    ['by CommonJS', cjs(`${work}\n use(require('dataloader'))`), [false, true]],
  ])('%s', async (_name, app, isLoaded) => {
    await using receiver = await startReceiver()
    const env = { ...receiver.env, OTEL_SERVICE_NAME: 'other' }
    const { code, stdout, stderr } = await runApp({ ...app, nodeOptions: ['--import', '@org/otel/register'], env })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual(isLoaded)
    expect(receiver.spans().map(({ name }) => name)).toContain('dataloader.load')
  })
})

test('a library that is left out stays as it is', async () => {
  await using receiver = await startReceiver()
  const app = cjs(`${work}\n use(require('dataloader'))`)
  const env = { ...receiver.env, OTEL_SERVICE_NAME: 'other', OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'dataloader' }
  const { stdout } = await runApp({ ...app, nodeOptions: ['--import', '@org/otel/register'], env })
  expect(JSON.parse(stdout)).toEqual([false, false])
  expect(receiver.spans()).toEqual([])
})
