import { setupOtel } from '@org/otel'

setupOtel()
await import('./worker.mjs')
