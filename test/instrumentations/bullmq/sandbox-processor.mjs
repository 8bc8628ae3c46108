import { trace } from '@opentelemetry/api'

export default async function process({ name }) {
  trace.getTracer('app').startSpan('in the sandbox').end()
  if (name === 'fails') throw new RangeError('no')
}
