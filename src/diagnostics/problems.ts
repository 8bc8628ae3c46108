import type { Severity } from './log-level.ts'
import type { Problem } from './problem.ts'

interface Entry {
  readonly severity: Severity
  /** Said again each time: it tells of a change, not of a state. */
  readonly repeats?: true
  readonly say: (facts: never) => string
}

/** THE catalogue: whatever we complain about has its code, its severity and its words here. */
export const catalogue = {
  'bad-value': {
    severity: 'warn',
    say: (p: { name: string; seen: string; expected: string; instead: string }) =>
      `${p.name} ${p.seen}, expected ${p.expected}; ${p.instead}`,
  },
  'quoted-value': {
    severity: 'warn',
    say: (p: { name: string }) =>
      `${p.name} is in quotation marks (docker --env-file keeps them), expected none; using what is between them`,
  },
  'unreadable-file': {
    severity: 'warn',
    say: (p: { name: string; file: string; reason: string }) =>
      `${p.name} names the file ${p.file}, which cannot be read (${p.reason}); going on without it`,
  },
  'batch-over-queue': {
    severity: 'warn',
    say: (p: { batchName: string; batch: number; queueName: string; queue: number }) =>
      `${p.batchName} is ${p.batch}, expected at most ${p.queueName} (${p.queue}); using ${p.queue}`,
  },
  'timeout-over-interval': {
    severity: 'warn',
    say: (p: { timeoutMs: number; intervalMs: number }) =>
      `OTEL_METRIC_EXPORT_TIMEOUT is ${p.timeoutMs}, expected at most OTEL_METRIC_EXPORT_INTERVAL (${p.intervalMs}); using ${p.intervalMs}`,
  },
  'bad-option': {
    severity: 'warn',
    say: (p: { name: string; seen: string; expected: string }) =>
      `setupOtel: the option ${p.name} is ${p.seen}, expected ${p.expected}; going on without it`,
  },
  'unknown-option': {
    severity: 'warn',
    say: (p: { name: string; known: readonly string[] }) =>
      `setupOtel: there is no option ${p.name}, expected one of ${p.known.join(', ')}; ignoring it`,
  },
  'no-service-name': {
    severity: 'warn',
    say: (p: { used: string; source: string }) =>
      `OTEL_SERVICE_NAME is not set, expected a name for each component (web, worker, ...); using "${p.used}" (${p.source})`,
  },
  'sdk-error': {
    severity: 'error',
    say: (p: { words: string }) => `OpenTelemetry: ${p.words}`,
  },
  'sdk-warning': {
    severity: 'warn',
    say: (p: { words: string }) => `OpenTelemetry: ${p.words}`,
  },
  'node-too-old': {
    severity: 'warn',
    say: (p: { needed: string; found: string }) =>
      `Node.js ${p.needed} or newer is needed, found ${p.found}; the app runs without telemetry`,
  },
  'already-running': {
    severity: 'warn',
    say: (p: { status: string; options: readonly string[] }) =>
      `setupOtel was called again; the telemetry of this process was set up before and stays as it is (${p.status})${
        p.options.length > 0 ? `, the options ${p.options.join(', ')} are ignored` : ''
      }`,
  },
  'loaded-twice': {
    severity: 'debug',
    say: (p: { version: string }) =>
      `@org/otel ${p.version} was loaded by this process before; the first one does the work`,
  },
  bystander: {
    severity: 'debug',
    say: (p: { name: string }) =>
      `this is ${p.name}, which only runs the app, expected the app itself; staying out of it (OTEL_NODE_FORCE_SETUP=true begins here too)`,
  },
  'other-sdk': {
    severity: 'warn',
    say: (p: { name: string; apiVersion: string }) =>
      `another OpenTelemetry SDK (${p.name}, API ${p.apiVersion}) was registered first and stays in charge; ours stays off: remove one of the two, or load @org/otel before it`,
  },
  'late-sdk': {
    severity: 'warn',
    say: () =>
      'another OpenTelemetry SDK tried to register after ours, which stays in charge; the other one records nothing: remove one of the two',
  },
  'older-api': {
    severity: 'warn',
    say: (p: { found: string }) =>
      `a copy of @opentelemetry/api ${p.found} registered a logger first, expected 1.10 or newer; it shares ours from here on, metrics that it created before are lost`,
  },
  'older-api-optional': {
    severity: 'warn',
    say: (p: { packageName: string }) =>
      `${p.packageName} finds an @opentelemetry/api older than 1.10; what it records may be lost: update the app's @opentelemetry/api, or install with --omit=optional`,
  },
  'not-installed': {
    severity: 'warn',
    say: (p: { feature: string; packageName: string }) =>
      `${p.feature} needs the optional package ${p.packageName}, which is not installed (npm install without --omit=optional); going on without it`,
  },
  'library-unwatched': {
    severity: 'info',
    say: (p: { library: string; packageName: string }) =>
      `${p.library} is loaded and not watched, since the optional package ${p.packageName} is not installed (npm install without --omit=optional)`,
  },
  'config-file-unusable': {
    severity: 'error',
    say: (p: { file: string }) => `OTEL_CONFIG_FILE "${p.file}" cannot be used; the app runs without telemetry`,
  },
  'exporter-failed': {
    severity: 'warn',
    say: (p: { name: string; reason: string }) =>
      `the exporter "${p.name}" cannot be used (${p.reason}); going on without it`,
  },
  'unknown-instrumentation': {
    severity: 'warn',
    say: (p: { name: string }) =>
      `there is no instrumentation "${p.name}", expected a name such as http, pg or mongodb; ignoring it`,
  },
  'option-threw': {
    severity: 'warn',
    say: (p: { option: string; method: string; reason: string }) =>
      `${p.method}() of the option ${p.option} threw (${p.reason}); going on as if it had not been called`,
  },
  'bad-record': {
    severity: 'warn',
    say: (p: { method: string; reason: string }) =>
      `${p.method} was given something that OpenTelemetry cannot take (${p.reason}); going on without it`,
  },
  'callback-failed': {
    severity: 'warn',
    say: (p: { instruments: string; reason: string }) =>
      `the callback of ${p.instruments} failed (${p.reason}); its metric is left out of this collection`,
  },
  'patch-failed': {
    severity: 'warn',
    say: (p: { library: string; reason: string }) => `${p.library} cannot be watched (${p.reason}); it runs untouched`,
  },
  bundled: {
    severity: 'warn',
    say: (p: { libraries: readonly string[]; file: string }) =>
      `${p.libraries.join(', ')}: found within ${p.file}, expected in node_modules, where they can be watched; they run untouched: have the bundler leave them external`,
  },
  'export-failing': {
    severity: 'warn',
    repeats: true,
    say: (p: { signal: string; endpoint: string; reason: string }) =>
      `${p.signal} cannot be delivered to ${p.endpoint} (${p.reason}); keeping them as long as the queue has room, and trying again`,
  },
  'export-refused': {
    severity: 'warn',
    repeats: true,
    say: (p: { signal: string; endpoint: string; reason: string; credentials: boolean }) =>
      `${p.signal} were refused by ${p.endpoint} (${p.reason}); what is refused is lost${
        p.credentials
          ? `: check OTEL_EXPORTER_OTLP_HEADERS and OTEL_EXPORTER_OTLP_${p.signal.toUpperCase()}_HEADERS`
          : ''
      }`,
  },
  'export-recovered': {
    severity: 'warn',
    repeats: true,
    say: (p: { signal: string; endpoint: string; lost: string }) =>
      `${p.signal} are delivered to ${p.endpoint} again; lost in between: ${p.lost}`,
  },
  'records-lost': {
    severity: 'warn',
    repeats: true,
    say: (p: { signal: string; lost: string; words: string | undefined }) =>
      `${p.signal}: lost ${p.lost}${p.words === undefined ? '' : `; ${p.words}`}`,
  },
  'collector-remark': {
    severity: 'warn',
    say: (p: { signal: string; endpoint: string; words: string }) => `${p.endpoint} took ${p.signal}, but: ${p.words}`,
  },
  'lost-at-exit': {
    severity: 'warn',
    say: (p: { losses: string }) => `not everything arrived: ${p.losses}`,
  },
  'setup-failed': {
    severity: 'error',
    say: (p: { reason: string }) => `set-up failed (${p.reason}); the app runs without telemetry`,
  },
} as const satisfies Readonly<Record<string, Entry>>

type ProblemCode = keyof typeof catalogue
type Facts<Code extends ProblemCode> = Parameters<(typeof catalogue)[Code]['say']>[0]

/** Puts a problem into the words of the catalogue. */
export function createProblem<Code extends ProblemCode>(code: Code, facts: Facts<Code>): Problem {
  const say = catalogue[code].say as (facts: Facts<Code>) => string
  return { code, message: say(facts) }
}

export function severityOf(code: string): Severity {
  return Object.hasOwn(catalogue, code) ? catalogue[code as ProblemCode].severity : 'warn'
}

export function isRepeated(code: string): boolean {
  return Object.hasOwn(catalogue, code) && 'repeats' in catalogue[code as ProblemCode]
}
