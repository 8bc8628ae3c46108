import { trace } from '@opentelemetry/api'

trace.getTracer('app').startSpan('in the script').end()
