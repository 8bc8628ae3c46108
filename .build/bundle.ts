// Bundles src into dist: the doors, and the SDK behind them in one file that they load when they are opened.
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build, type Metafile, type Plugin } from 'esbuild'
import { bundledText } from './bundled-text.ts'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')
const moduleLoads = join(root, 'src/instrumentations/module-loads.ts')

/** The official instrumentations are told of module loads by our own hook: see src/instrumentations/module-loads.ts. */
const ownHook: Plugin = {
  name: 'own-hook',
  setup({ onResolve }) {
    onResolve({ filter: /^(require|import)-in-the-middle$/ }, () => ({ path: moduleLoads }))
  },
}

/** The SDK's ES modules call `createRequire` for CommonJS packages, which no bundler follows: let it see a `require`. */
const visibleRequire: Plugin = {
  name: 'visible-require',
  setup({ onLoad }) {
    onLoad({ filter: /@opentelemetry\/.*\.mjs$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8')
      return source.includes('__require(')
        ? {
            contents: source.replace(/^import \{ __require \}.*$/m, '').replaceAll('__require(', 'require('),
            loader: 'js',
          }
        : undefined
    })
  },
}

const scripts: Metafile[] = []
rmSync(dist, { recursive: true, force: true })
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['src/index.ts', 'src/register.ts', 'src/testing.ts', 'src/setup.ts', 'src/wait.ts'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node18', // the doors must be readable by the Node that they complain about
  external: ['@opentelemetry/api'],
  // The one CommonJS package among what is bundled requires a builtin, and ES modules have no `require`.
  banner: { js: "import{createRequire as $r}from'node:module';const require=$r(import.meta.url);" },
  plugins: [ownHook, visibleRequire, bundledText(metafile => scripts.push(metafile))],
  minifySyntax: true,
  minifyWhitespace: true,
  chunkNames: 'chunk-[hash]',
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
})
for (const file of ['old-node.cjs', 'old-node.d.cts', 'register.cjs', 'register.d.cts']) {
  cpSync(join(root, 'src', file), join(dist, file))
}
writeFileSync(join(dist, 'THIRD-PARTY-LICENSES.txt'), licences([metafile, ...scripts]))

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
