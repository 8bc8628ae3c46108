import { inspect } from 'node:util'
import { type DiagLogger, DiagLogLevel } from '@opentelemetry/api'
import type { LogLevel } from './log-level.ts'
import { createProblem } from './problems.ts'
import type { Reporter } from './reporter.ts'

/** For `diag.setLogger(createDiagLogger(reporter), { logLevel: diagLevels[config.logLevel] })`. */
export const diagLevels: Readonly<Record<LogLevel, DiagLogLevel>> = {
  none: DiagLogLevel.NONE,
  error: DiagLogLevel.ERROR,
  warn: DiagLogLevel.WARN,
  info: DiagLogLevel.INFO,
  debug: DiagLogLevel.DEBUG,
  verbose: DiagLogLevel.VERBOSE,
  all: DiagLogLevel.ALL,
}

/**
 * Leads what the OpenTelemetry API and SDK say about themselves through our reporter: their own console logger writes
 * information to stdout, which belongs to the app. An error that comes back with every export is said once; who asks
 * for more than warnings sees every line.
 */
export function createDiagLogger(reporter: Reporter): DiagLogger {
  return {
    error(...parts) {
      const words = join(parts)
      const isLateSdk = words.includes('Attempted duplicate registration of API')
      reporter.report(isLateSdk ? createProblem('late-sdk', undefined) : createProblem('sdk-error', { words }))
    },
    warn: (...parts) => reporter.report(createProblem('sdk-warning', { words: join(parts) })),
    info: (...parts) => reporter.info(`OpenTelemetry: ${join(parts)}`),
    debug: (...parts) => reporter.debug(`OpenTelemetry: ${join(parts)}`),
    verbose: (...parts) => reporter.debug(`OpenTelemetry: ${join(parts)}`),
  }
}

function join(parts: readonly unknown[]): string {
  return parts.map(describe).join(' ')
}

function describe(part: unknown): string {
  try {
    if (typeof part === 'string') return part
    if (part instanceof Error) return part.message || part.name
    if (ArrayBuffer.isView(part)) return `${part.byteLength} bytes`
    return inspect(part, { depth: 2, breakLength: Infinity })
  } catch {
    return 'something that cannot be shown'
  }
}
