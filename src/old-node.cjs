// What `require()` finds on a Node.js that is too old to require ES modules. Written for any Node.js.
'use strict'

const key = Symbol.for('@org/otel')
const runtime = globalThis[key] || (globalThis[key] = {}) // shared with the doors that are imported: src/runtime.ts

if (!runtime.handle) {
  process.stderr.write(
    '[@org/otel] Node.js 22.15.0 or newer is needed, found ' +
      process.versions.node +
      '; the app runs without telemetry\n',
  )
  const nothing = { sent: 0, failed: 0, lastError: undefined, lastSuccess: undefined }
  runtime.handle = {
    status: 'unsupported',
    start() {},
    flush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
    health: () => ({ status: 'unsupported', traces: nothing, metrics: nothing, logs: nothing }),
  }
  if (Symbol.asyncDispose) runtime.handle[Symbol.asyncDispose] = runtime.handle.shutdown
}

exports.setupOtel = () => runtime.handle
