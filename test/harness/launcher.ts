import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { tempFolder } from './temp-folder.ts'

const launcher = JSON.stringify(join(import.meta.dirname, '../apps/processes/launcher.cjs'))

/** A stand-in for a program that runs others, at its place below some folder, and a link to it as there is in `.bin`. */
export function layOutLauncher(path: string): { readonly file: string; readonly link: string } {
  const folder = tempFolder()
  const [file, link] = [join(folder, path), join(folder, 'link')]
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, path.endsWith('.mjs') ? `import ${launcher}` : `require(${launcher})`)
  symlinkSync(file, link)
  return { file, link }
}
