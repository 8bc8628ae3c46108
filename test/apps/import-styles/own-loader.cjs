// Loads pg by a module system of its own, as test runners have one, and uses it.
const { readFileSync } = require('node:fs')
const { createRequire, isBuiltin } = require('node:module')
const { dirname } = require('node:path')
const { compileFunction } = require('node:vm')

const modules = new Map()

function load(filename) {
  const known = modules.get(filename)
  if (known !== undefined) return known.exports
  const module = { exports: {}, filename, loaded: false }
  modules.set(filename, module)
  const { resolve } = createRequire(filename)
  const requireHere = name => (isBuiltin(name) ? require(name) : load(resolve(name)))
  const names = ['exports', 'require', 'module', '__filename', '__dirname']
  const run = compileFunction(readFileSync(filename, 'utf8'), names, { filename })
  run.call(module.exports, module.exports, requireHere, module, filename, dirname(filename))
  return module.exports
}

const { Client } = load(require.resolve('pg'))
const client = new Client(process.env.PG_URL)
client.connect().then(async () => {
  await client.query('SELECT 7')
  await client.end()
})
