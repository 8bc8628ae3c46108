// One span, which is named after the argument.
import { trace } from '@opentelemetry/api'

trace.getTracer('app').startSpan(process.argv[2]).end()
