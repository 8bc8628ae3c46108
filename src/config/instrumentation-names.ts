/** The one short name with a dot, which no variable's name can have. */
const dotted: Readonly<Record<string, string>> = { 'socket-io': 'socket.io' }

/** `@opentelemetry/instrumentation-pg`, `PG` and `pg` are all `pg`; `RUNTIME_NODE` is `runtime-node`. */
export function parseInstrumentationName(text: string): string {
  const name = text
    .trim()
    .toLowerCase()
    .replace(/^@opentelemetry\/instrumentation-/, '')
    .replaceAll('_', '-')
  return dotted[name] ?? name
}
