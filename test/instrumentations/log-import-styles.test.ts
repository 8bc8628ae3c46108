import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startReceiver } from '../../src/testing.ts'
import { type AppOptions, runApp } from '../harness/app.ts'

interface Library {
  /** What makes a logger that writes JSON to stdout, and the names in it that are imported. */
  readonly logger: string
  readonly names: string
}

const libraries: Readonly<Record<string, Library>> = {
  pino: { logger: 'pino()', names: 'pino' },
  winston: {
    logger: 'createLogger({ transports: [new transports.Console()] })',
    names: 'createLogger, transports',
  },
  bunyan: { logger: "createLogger({ name: 'app' })", names: 'createLogger' },
}

const importStyles: Readonly<Record<string, (library: string, names: string) => string>> = {
  default: (library, names) => `import library from '${library}'; const { ${names} } = library`,
  named: (library, names) => `import { ${names} } from '${library}'`,
  namespace: (library, names) => `import * as library from '${library}'; const { ${names} } = library.default`,
  dynamic: (library, names) => `const { ${names} } = (await import('${library}')).default`,
}

const preload = ['--import', '@org/otel/register']
const byRequire = join(import.meta.dirname, '../apps/log-by-require.cjs')
const byThread = join(import.meta.dirname, '../apps/log-by-thread.mjs')

type Case = readonly [library: string, how: string, app: AppOptions]

const cases: readonly Case[] = [
  ...Object.entries(libraries).flatMap(([library, { logger, names }]): Case[] => [
    ...Object.entries(importStyles).flatMap(([style, importOf]): Case[] => {
      const statements = [importOf(library, names), `const logger = ${logger}`]
      const later = ["import { setupOtel } from '@org/otel'", ...statements, 'setupOtel()']
      return [
        [library, `${style} import, set up before`, { nodeOptions: [...preload, ...evaluate(statements)] }],
        [library, `${style} import, set up after the logger was made`, { nodeOptions: evaluate(later) }],
      ]
    }),
    [library, 'require(), set up before', { file: byRequire, args: [library], nodeOptions: preload }],
    [library, 'require(), set up after the logger was made', { file: byRequire, args: [library, 'late'] }],
  ]),
  ['pino', 'written by its thread', { file: byThread, nodeOptions: preload }],
  ['pino', 'written by its thread, set up in there too', { file: byThread, env: { NODE_OPTIONS: preload.join(' ') } }],
]

test.each(cases)('one line of %s is one record of its span: %s', async (library, _how, app) => {
  await using receiver = await startReceiver()

  const { stdout, ...result } = await runApp({
    ...app,
    env: { OTEL_SERVICE_NAME: 'app', OTEL_METRICS_EXPORTER: 'none', ...receiver.env, ...app.env },
  })

  expect(result).toEqual({ code: 0, signal: null, stderr: '' })
  const [span] = receiver.spans()
  const lines = stdout.trim().split('\n')
  expect(lines.map(line => JSON.parse(line))).toMatchObject([
    { trace_id: span?.traceId, span_id: span?.spanId, trace_flags: '01' },
  ])
  expect(receiver.logs()).toMatchObject([
    { body: 'working', severityText: 'info', spanId: span?.spanId, scope: { name: `@org/otel/${library}` } },
  ])
})

/** An ES module that makes a logger and logs one line within a span. */
function evaluate(statements: readonly string[]): string[] {
  const program = [
    "import { trace } from '@opentelemetry/api'",
    ...statements,
    "trace.getTracer('app').startActiveSpan('work', span => { logger.info('working'); span.end() })",
  ]
  return ['--input-type=module', '--eval', program.join('\n')]
}
