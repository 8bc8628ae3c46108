import { describeDefault } from '../../src/config/read-variables.ts'
import * as table from '../../src/config/variables.ts'

type Rows = Readonly<Record<string, table.Variable>>

const introduction = `# Configuration

Everything has a default: without a single variable, \`@org/otel\` sends traces, metrics and logs to a collector on this
machine. Options of \`setupOtel()\` go before variables, and the variable of one signal goes before the general one.

- Variables are read once, at set-up. An empty variable is the same as none. Blanks around a value do not count, and
  neither does the case of words such as \`otlp\` or \`true\`.
- A bad value is told in one line on stderr: what was seen, what was expected, what is used instead. It never stops the
  app, and it never switches a signal off.
- Times are in milliseconds. Where 0 means no limit, the table says so; it is 24.8 days, the longest that a timer of
  Node can wait.
- A list is separated by commas. \`none\` in place of a list of exporters switches the signal off, and must stand alone.
- The values of headers are never shown, whatever is wrong with them.
- \`key=value\` pairs are percent-encoded where a comma or a percent sign is part of them:
  \`OTEL_EXPORTER_OTLP_HEADERS=Authorization=Bearer%20token\`. One broken pair is left out and costs no other.
- \`user:password@\` in an endpoint is sent as the header \`Authorization: Basic ...\`.

This page is generated from src/config/variables.ts.
`

/** docs/configuration.md, as the table of variables has it. */
export function describeVariables(): string {
  return [
    introduction,
    section('General', table.general),
    section('Traces and their context', table.tracing),
    section('Exporters', table.exporters),
    section('OTLP', prefixed('OTEL_EXPORTER_OTLP_', table.otlp)),
    ...(['traces', 'metrics', 'logs'] as const).map(signal => section(`OTLP for ${signal} alone`, ofSignal(signal))),
    section('Batches and intervals', table.batching),
    section('Instrumentations', table.instrumentations),
    section('Start and end', table.life),
  ].join('\n')
}

function section(title: string, rows: Rows): string {
  const lines = Object.entries(rows).map(([name, row]) =>
    [`\`${name}\``, row.parser.expects, defaultOf(row), wordsOf(row)].join(' | '),
  )
  return `## ${title}\n\n| variable | value | default | meaning |\n|---|---|---|---|\n${lines.map(line => `| ${line} |\n`).join('')}`
}

function defaultOf(row: table.Variable): string {
  const words = describeDefault(row)
  if (words === 'nothing') return ''
  return row.defaultWords === undefined ? `\`${words}\`` : words
}

function wordsOf({ says, secret }: table.Variable): string {
  return secret ? `${says} Secret.` : says
}

function prefixed(prefix: string, rows: Rows): Rows {
  return Object.fromEntries(Object.entries(rows).map(([key, row]) => [prefix + key, row]))
}

function ofSignal(signal: 'traces' | 'metrics' | 'logs'): Rows {
  const rows = Object.entries(table.otlp as Rows).map(([key, row]): [string, table.Variable] => {
    const { signalSays = `For ${signal} in place of \`OTEL_EXPORTER_OTLP_${key}\`.` } = row
    return [key, { ...row, defaultWords: `\`OTEL_EXPORTER_OTLP_${key}\``, says: signalSays }]
  })
  return prefixed(`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_`, Object.fromEntries(rows))
}
