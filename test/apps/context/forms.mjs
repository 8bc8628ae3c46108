// The same by static imports, which come before set-up.
import { exec, execFile, execFileSync, execSync, fork, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { trace } from '@opentelemetry/api'

const { setUp, child } = process.env
if (setUp === 'late') (await import('@org/otel')).setupOtel()

const preload = ['--import', '@org/otel/register']
const node = process.execPath
const line = name => [node, ...preload, child, JSON.stringify(name)].join(' ')
const args = name => [...preload, child, name]
const ended = child => once(child, 'exit')

const forms = {
  fork: name => ended(fork(child, [name], { execArgv: preload })),
  spawn: name => ended(spawn(node, args(name))),
  'spawn with a shell': name => ended(spawn(line(name), { shell: true })),
  exec: name => ended(exec(line(name))),
  'promisified exec': name => promisify(exec)(line(name)),
  execFile: name => ended(execFile(node, args(name))),
  'promisified execFile': name => promisify(execFile)(node, args(name)),
  spawnSync: name => spawnSync(node, args(name)),
  execSync: name => execSync(line(name)),
  execFileSync: name => execFileSync(node, args(name)),
}

for (const [form, start] of Object.entries(forms)) {
  await trace.getTracer('app').startActiveSpan(form, async span => {
    await start(form)
    span.end()
  })
}
