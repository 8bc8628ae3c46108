import { record } from './instruments.mjs'
import { setupOtel } from '@org/otel'

setupOtel()
record()
