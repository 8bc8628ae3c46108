import { setupOtel } from '@org/otel'
import { record } from './instruments.cjs'

setupOtel()
record()
