import type { Target } from './transport.ts'

/** Resolves at once where the signal has fired: all threads of the pool may be waiting for something else. */
export function compress(
  data: Uint8Array,
  compression: Target['compression'],
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (compression === 'none') return Promise.resolve(data)
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => resolve(data), { once: true })
    process.getBuiltinModule('node:zlib').gzip(data, (error, zipped) => (error ? reject(error) : resolve(zipped)))
  })
}
