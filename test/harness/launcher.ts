import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { tempFolder } from './temp-folder.ts'

const launcher = join(import.meta.dirname, '../apps/processes/launcher.cjs')

interface LaidOut {
  readonly file: string
  readonly link: string
}

/** A program at the place of one that runs others, which it does by default, and a link to it as there is in `.bin`. */
export function layOutLauncher(path: string, program = launcher): LaidOut {
  const folder = tempFolder()
  const [file, link] = [join(folder, path), join(folder, 'link')]
  mkdirSync(dirname(file), { recursive: true })
  const name = JSON.stringify(program)
  writeFileSync(file, path.endsWith('.mjs') ? `import ${name}` : `require(${name})`)
  symlinkSync(file, link)
  return { file, link }
}
