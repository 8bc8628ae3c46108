import { setupOtel } from '@org/otel'
import { record } from './instruments.mjs'

setupOtel()
record()
