import { dirname, resolve } from 'node:path'
import { build, type Metafile, type Plugin } from 'esbuild'

/** One script without imports but Node's own, for `new Worker(script, { eval: true })`. */
export async function bundleScript(path: string): Promise<{ script: string; metafile: Metafile }> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: resolve(import.meta.dirname, '..'),
    entryPoints: [path],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    minify: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  })
  return { script: outputFiles.map(({ text }) => text).join(''), metafile }
}

/** `import script from './thread.ts?bundled'`. What is in such scripts is told to `onBundled`. */
export function bundledText(onBundled: (metafile: Metafile) => void = () => {}): Plugin {
  return {
    name: 'bundled-text',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /\?bundled$/ }, ({ path, importer }) => ({
        path: resolve(dirname(importer), path.replace(/\?bundled$/, '')),
        namespace: 'bundled-text',
      }))
      onLoad({ filter: /./, namespace: 'bundled-text' }, async ({ path }) => {
        const { script, metafile } = await bundleScript(path)
        onBundled(metafile)
        return { contents: script, loader: 'text' }
      })
    },
  }
}
