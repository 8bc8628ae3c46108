import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { startReceiver } from '../../src/testing.ts'
import { runApp } from '../harness/app.ts'
import { cjs } from '../harness/code.ts'
import { nodeBinary } from '../harness/node-binary.ts'
import { tempFolder } from '../harness/temp-folder.ts'

const require = createRequire(import.meta.url)
const register = JSON.stringify(require.resolve('../../dist/register.js'))
const api = JSON.stringify(require.resolve('@opentelemetry/api'))
const record = `require(${register}); require(${api}).trace.getTracer('app').startSpan('span').end();`
// The net needs a permission of its own since Node 25.
const flags = execFileSync(nodeBinary(), ['-p', 'process.allowedNodeEnvironmentFlags.has("--allow-net")']).toString()
const permission = [
  '--permission',
  '--allow-fs-read=*',
  ...(flags.startsWith('true') ? ['--allow-net', '--disable-warning=ExperimentalWarning'] : []),
]

test.each<[string, readonly string[], string, number]>([
  ['its folder', [], `require('fs').rmdirSync(process.cwd()); process.exit(3)`, 3],
  ['its input', [], `require('fs').closeSync(0); process.exit(3)`, 3],
  ['its output', [], `require('fs').closeSync(1); process.exit(3)`, 3],
  ['its errors', [], `require('fs').closeSync(2); process.exitCode = 3`, 3],
  ['the right to have a thread, at its natural end', permission, '', 0],
])('a program that has lost %s delivers all the same', async (_name, nodeOptions, end, code) => {
  await using receiver = await startReceiver()
  const env = { OTEL_SERVICE_NAME: 'short-of', ...receiver.env }

  const result = await runApp({ nodeOptions, ...cjs(record + end), cwd: tempFolder(), env })

  expect(result).toEqual({ code, signal: null, stdout: '', stderr: '' })
  expect(receiver.spans()).toHaveLength(1)
})

test('a program that may not have a thread says at once what it loses at process.exit()', async () => {
  await using receiver = await startReceiver()
  const env = { OTEL_SERVICE_NAME: 'short-of', ...receiver.env }

  const { code, stderr } = await runApp({ nodeOptions: permission, ...cjs(`${record} process.exit(3)`), env })

  expect(code).toBe(3)
  expect(stderr).toMatch(/traces: sent 0, lost 1 \(unavailable\).*no thread to send from/)
})
