// A sandbox inherits no set-up made in code, so the processor makes its own.
import { setupOtel } from '@org/otel'

setupOtel()
export { default } from './processor.mjs'
