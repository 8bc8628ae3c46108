import type { AppOptions } from './app.ts'

/** A short program for `runApp`, written out as an ES module; it imports as if it stood in its working folder. */
export function esm(code: string): AppOptions {
  return { args: ['--input-type=module', '-e', code] }
}

/** The same in CommonJS. */
export function cjs(code: string): AppOptions {
  return { args: ['--input-type=commonjs', '-e', code] }
}
