import { join } from 'node:path'
import { build } from 'esbuild'
import { bundledText } from '../../.build/bundled-text.ts'
import { tempFolder } from '../harness/temp-folder.ts'

/** A program in a file of its own, which imports our sources as if it stood in this folder. */
export async function bundleProgram(source: string): Promise<string> {
  const outfile = join(tempFolder(), 'program.mjs')
  await build({
    stdin: { contents: source, resolveDir: import.meta.dirname },
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile,
    plugins: [bundledText()],
  })
  return outfile
}
