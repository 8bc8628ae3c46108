// Starts a program in every way that there is, each in a span of its own that is named after it. The program is given the
// name, and makes a span of the same name. Some of the functions are taken before set-up, as libraries do.
const early = { ...require('node:child_process') }
const { setUp, child } = process.env
if (setUp === 'late') require('@org/otel').setupOtel()

const childProcess = require('node:child_process')
const { once } = require('node:events')
const { promisify } = require('node:util')
const { trace } = require('@opentelemetry/api')

const preload = ['--import', '@org/otel/register']
const node = process.execPath
const line = name => [node, ...preload, child, JSON.stringify(name)].join(' ')
const args = name => [...preload, child, name]
const ended = child => once(child, 'exit')

const forms = {
  fork: ({ fork }, name) => ended(fork(child, [name], { execArgv: preload })),
  spawn: ({ spawn }, name) => ended(spawn(node, args(name))),
  'spawn with a shell': ({ spawn }, name) => ended(spawn(line(name), { shell: true })),
  exec: ({ exec }, name) => ended(exec(line(name))),
  'promisified exec': ({ exec }, name) => promisify(exec)(line(name)),
  execFile: ({ execFile }, name) => ended(execFile(node, args(name))),
  'promisified execFile': ({ execFile }, name) => promisify(execFile)(node, args(name)),
  spawnSync: ({ spawnSync }, name) => spawnSync(node, args(name)),
  execSync: ({ execSync }, name) => execSync(line(name)),
  execFileSync: ({ execFileSync }, name) => execFileSync(node, args(name)),
}

async function main() {
  for (const [form, start] of Object.entries(forms)) {
    for (const [when, functions] of Object.entries({ early, late: { ...childProcess } })) {
      const name = `${when} ${form}`
      await trace.getTracer('app').startActiveSpan(name, async span => {
        await start(functions, name)
        span.end()
      })
    }
  }
}

void main()
