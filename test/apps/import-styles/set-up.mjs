// Where a program sets up by itself, if it does: first of all, or last before its work, as the variable says.
const place = process.env.SET_UP
const otel = place === undefined ? undefined : await import('@org/otel')

export const setUp = here => {
  if (here === place) otel.setupOtel()
}
globalThis.setUp = setUp // for operate.mjs, after all is made
