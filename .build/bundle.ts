// Bundles src into dist: the doors, and the SDK behind them in files that they load when they are opened.
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { build, type Metafile, type Plugin, transform } from 'esbuild'
import { bundledText } from './bundled-text.ts'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')
const target = 'node18' // the doors must be readable by the Node that they complain about

/** The official instrumentations are told of module loads by our own hook: see src/instrumentations/module-loads.ts. */
const ownHook: Plugin = {
  name: 'own-hook',
  setup({ onResolve }) {
    const path = join(root, 'src/instrumentations/module-loads.ts')
    onResolve({ filter: /^(require|import)-in-the-middle$/ }, () => ({ path }))
  },
}

/** The SDK's ES modules call `createRequire` for CommonJS packages, which no bundler follows: let it see a `require`. */
const visibleRequire: Plugin = {
  name: 'visible-require',
  setup({ onLoad }) {
    onLoad({ filter: /@opentelemetry\/.*\.mjs$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8')
      return source.includes('__require(')
        ? { contents: source.replace(/^import \{ __require \}.*$/m, '').replaceAll('__require(', 'require(') }
        : undefined
    })
  },
}

/** Our copy of the API takes the version of the one beside us: see src/providers/api-version.ts. */
const ownApi: Plugin = {
  name: 'own-api',
  setup({ onLoad }) {
    onLoad({ filter: /@opentelemetry\/api\/dist\/version\.mjs$/ }, () => ({
      contents: `export { apiVersion as VERSION } from ${JSON.stringify(join(root, 'src/providers/api-version.ts'))}`,
    }))
    onLoad({ filter: /@opentelemetry\/api\/dist\/internal\/global-utils\.mjs$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8')
      const contents = source.replace(/api\.version !== "[\d.]+"/, 'api.version !== VERSION')
      if (contents === source) throw new Error(`${path} compares no versions any more`)
      return { contents }
    })
  },
}

/** Of our manifest the bundle needs the version alone. */
const ownVersion: Plugin = {
  name: 'own-version',
  setup({ onLoad }) {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    onLoad({ filter: /package\.json$/ }, ({ path }) =>
      path === join(root, 'package.json') ? { contents: JSON.stringify({ version }), loader: 'json' } : undefined,
    )
  },
}

const scripts: Metafile[] = []
rmSync(dist, { recursive: true, force: true })
const { outputFiles, metafile } = await build({
  absWorkingDir: root,
  entryPoints: [
    ...['index', 'register', 'testing', 'preload', 'entry', 'setup', 'wait'].map(name => `src/${name}.ts`),
    ...globSync('src/instrumentations/lazy/*.ts', { cwd: root }),
  ],
  outbase: 'src',
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  write: false,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target,
  plugins: [ownHook, ownApi, ownVersion, visibleRequire, bundledText(metafile => scripts.push(metafile))],
  minifySyntax: true,
  minifyWhitespace: true,
  chunkNames: 'chunk-[hash]',
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
})

const imports = new Map(Object.entries(metafile.outputs).map(([path, output]) => [path, output.imports]))
for (const path of imports.keys()) refuseCircle(path, [])

/** What apps import is an ES module. All behind it is CommonJS, which Node loads in a third of the time. */
for (const { path, text } of outputFiles) {
  mkdirSync(dirname(path), { recursive: true })
  const isDoor = ['index.cjs', 'register.cjs', 'testing.cjs'].includes(basename(path))
  if (isDoor) writeFileSync(path.replace(/\.cjs$/, '.js'), text)
  else writeFileSync(path, await toCommonJs(text))
}
for (const file of ['old-node.cjs', 'old-node.d.cts', 'register.cjs', 'register.d.cts']) {
  cpSync(join(root, 'src', file), join(dist, file))
}
writeFileSync(join(dist, 'THIRD-PARTY-LICENSES.txt'), licences([metafile, ...scripts]))

function refuseCircle(path: string, way: readonly string[]): void {
  if (way.includes(path)) throw new Error(`files of dist load each other: ${[...way, path].join(' -> ')}`)
  for (const { path: next, external } of imports.get(path) ?? []) {
    if (!external) refuseCircle(next, [...way, path])
  }
}

async function toCommonJs(text: string): Promise<string> {
  const define = { 'import.meta.url': '__filename' }
  const { code } = await transform(text, { format: 'cjs', platform: 'node', target, define, minifyWhitespace: true })
  return exportValues(code)
}

/**
 * What esbuild exports is a getter for each value, called at each use of it by another file. No file of ours is loaded
 * in a circle, nor assigns an export later, so the values themselves will do, when the file has run.
 */
function exportValues(code: string): string {
  const getters = 'module.exports=__toCommonJS(stdin_exports);'
  if (!code.includes(getters)) return code
  return `${code.replace(getters, '').trimEnd()}\nmodule.exports={...stdin_exports};\n`
}

/** The licence of every package of which something is in the bundle. */
function licences(bundles: readonly Metafile[]): string {
  const outputs = bundles.flatMap(bundle => Object.values(bundle.outputs))
  const inputs = outputs.flatMap(output => Object.keys(output.inputs))
  const folders = new Set(inputs.flatMap(path => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []))
  const byText = Map.groupBy([...folders].toSorted(), folder => licenceText(join(root, folder)))
  return [...byText].map(([text, same]) => `${same.map(describe).join('\n')}\n\n${text}`).join(`\n${'-'.repeat(80)}\n`)
}

function describe(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
  return `${name} ${version} (${license})`
}

function licenceText(folder: string): string {
  for (const file of ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'LICENCE', 'license', 'NOTICE']) {
    try {
      return readFileSync(join(folder, file), 'utf8')
    } catch {
      // the next spelling
    }
  }
  throw new Error(`${dirname(folder)}: no licence file in ${folder}, and what is bundled must carry its licence`)
}
