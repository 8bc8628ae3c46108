// Preloaded after ours: says whether telemetry runs in Node's thread for module hooks.
const { isInternalThread } = require('node:worker_threads')

const { handle } = globalThis[Symbol.for('@org/otel')] ?? {}
if (isInternalThread) require('node:fs').writeSync(1, `in the thread: ${handle?.status}\n`)
