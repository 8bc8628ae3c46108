// How long `shutdown(1000)` takes against each misbehaviour of a collector, and how much is said: one after the other.
import { faultCases, meetFault } from '../scenarios/fault-cases.ts'

const allowed = { shutdownMs: 1200, lines: 5 }

console.log(`| the collector | shutdown(1000) | lines on stderr | spans ended | sent | dropped |
| ------------- | -------------: | --------------: | ----------: | ---: | ------- |`)
for (const [name, fault] of Object.entries(faultCases)) {
  const { complaints, shutdownMs, health, result } = await meetFault(fault)
  const { ended, sent, droppedByReason } = health.traces
  const lines = result.stderr.split('\n').length - 1
  const dropped = Object.entries(droppedByReason).map(([reason, count]) => `${count} ${reason}`)
  console.log(`| ${[name, `${Math.round(shutdownMs)} ms`, lines, ended, sent, dropped.join(', ')].join(' | ')} |`)
  for (const complaint of complaints) console.error(complaint)
  if (complaints.length > 0 || shutdownMs > allowed.shutdownMs || lines > allowed.lines) process.exitCode = 1
}
