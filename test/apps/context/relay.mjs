// For each argument a process, one started by the other, and in each a span that is named after it; none for "-".
// `NEXT` are variables for all but the first, as JSON.
import { execFileSync } from 'node:child_process'
import { propagation, trace } from '@opentelemetry/api'

const [name, ...others] = process.argv.slice(2)
const baggage = propagation.getActiveBaggage()?.getAllEntries() ?? []
const attributes = { baggage: baggage.map(([key, { value }]) => `${key}=${value}`) }

function goOn() {
  const { NEXT = '{}', ...env } = process.env
  const options = { env: { ...env, ...JSON.parse(NEXT) }, stdio: 'inherit' }
  if (others.length > 0) execFileSync(process.execPath, [import.meta.filename, ...others], options)
}

if (name === '-') goOn()
else {
  trace.getTracer('app').startActiveSpan(name, { attributes }, span => {
    goOn()
    span.end()
  })
}
