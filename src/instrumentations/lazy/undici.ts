export { watchUndici as watch } from '../undici/watch-undici.ts'
