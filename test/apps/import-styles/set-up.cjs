// The same as set-up.mjs for CommonJS.
const place = process.env.SET_UP
const otel = place === undefined ? undefined : require('@org/otel')

exports.setUp = here => {
  if (here === place) otel.setupOtel()
}
globalThis.setUp = exports.setUp // for operate.mjs, after all is made
