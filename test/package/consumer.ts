import { cpSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { npm } from '../harness/npm.ts'
import { tempFolder } from '../harness/temp-folder.ts'

const root = join(import.meta.dirname, '../..')
const apps = join(root, 'test/apps')

let packing: Promise<string> | undefined

/** Our package as npm would publish it, from the dist that is there. Resolves to the path of the tarball. */
export function pack(): Promise<string> {
  return (packing ??= packNow())
}

async function packNow(): Promise<string> {
  const folder = tempFolder()
  // Without scripts: `prepack` would build anew below the feet of the other tests.
  const name = await npm(root, 'pack', '--ignore-scripts', '--pack-destination', folder)
  return join(folder, name.trim())
}

export interface ConsumerOptions {
  /** What the app depends on besides us. */
  readonly dependencies?: Readonly<Record<string, string>>
  /** Arguments for `npm install`. */
  readonly args?: readonly string[]
  /** Programs of test/apps to put into its folder. */
  readonly files?: readonly string[]
}

/** Somebody who installs our package. Resolves to his folder. */
export async function createConsumer({ dependencies = {}, args = [], files = [] }: ConsumerOptions): Promise<string> {
  const folder = tempFolder()
  const manifest = {
    name: 'consumer',
    version: '1.2.3',
    private: true,
    dependencies: { ...dependencies, '@org/otel': `file:${await pack()}` },
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  for (const file of files) cpSync(join(apps, file), join(folder, basename(file)))
  await npm(folder, 'install', '--ignore-scripts', '--prefer-offline', ...args)
  return folder
}
