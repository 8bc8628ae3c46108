// What `require()` finds on a Node.js that is too old to require ES modules. Written for any Node.js.
'use strict'

process.stderr.write(
  '[@org/otel] Node.js 22.15.0 or newer is needed, found ' +
    process.versions.node +
    '; the app runs without telemetry\n',
)

const nothing = { sent: 0, failed: 0, lastError: undefined, lastSuccess: undefined }
const handle = {
  status: 'unsupported',
  start() {},
  flush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
  health: () => ({ status: 'unsupported', traces: nothing, metrics: nothing, logs: nothing }),
}
if (Symbol.asyncDispose) handle[Symbol.asyncDispose] = handle.shutdown

exports.setupOtel = () => handle
