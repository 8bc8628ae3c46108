import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { nodeBinary } from '../harness/node-binary.ts'
import { observe, oneOfEach, programs } from './import-styles.ts'

const styles = {
  'default imports in an ES module': 'default.mjs',
  'named imports in an ES module': 'named.mjs',
  'namespace imports in an ES module': 'namespace.mjs',
  'dynamic imports in an ES module': 'dynamic.mjs',
  'getBuiltinModule and createRequire': 'builtin.mjs',
  CommonJS: 'require.cjs',
  'CommonJS, taken apart at once': 'destructured.cjs',
  'an ES module in TypeScript': 'typescript.mts',
  'CommonJS in TypeScript': 'typescript.cts',
}
const preload = '@org/otel/register'
const entries = {
  '--import': { nodeOptions: ['--import', preload], env: {} },
  '--require': { nodeOptions: ['--require', preload], env: {} },
  NODE_OPTIONS: { nodeOptions: [], env: { NODE_OPTIONS: `--import ${preload}` }, only: ['named.mjs', 'require.cjs'] },
  'setupOtel() first of all': { nodeOptions: [], env: { SET_UP: 'first' } },
  'setupOtel() after all is loaded': { nodeOptions: [], env: { SET_UP: 'last' } },
  'setupOtel() after all is made': { nodeOptions: [], env: { SET_UP: 'made' } },
}
// Node 22 asks for the first of these, and warns of it.
const readTypeScript = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning']
const version = execFileSync(nodeBinary(), ['-p', 'process.versions.node'], { encoding: 'utf8' })

const cells = Object.entries(styles).flatMap(([style, file]) =>
  Object.entries(entries).map(([entry, how]) => ({ style, file, entry, only: [file], ...how })),
)

test.concurrent.each(cells.filter(({ only, file }) => only.includes(file)).filter(isRunByNode))(
  '$style, $entry: one span per operation',
  async ({ file, nodeOptions, env }) => {
    const observed = await observe({
      file: join(programs, file),
      nodeOptions: [...readTypeScript, ...nodeOptions],
      env,
    })
    expect(observed).toEqual(oneOfEach)
  },
)

/**
 * With any `--import` at all, Node 22 gives a main file in TypeScript to its loader of ES modules, which then fails
 * at the first circular `require` in a package ("request for './index.js' is not in cache").
 */
function isRunByNode({ file, entry }: (typeof cells)[number]): boolean {
  return !(version.startsWith('22.') && file === 'typescript.cts' && entry === '--import')
}
