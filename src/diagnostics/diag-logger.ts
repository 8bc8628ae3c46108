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

/** So many different complaints; more would drown what the app has to say. */
const maxComplaints = 10
const maxShape = 300

/**
 * Leads what the OpenTelemetry API and SDK say about themselves through our reporter: their own console logger writes
 * information to stdout, which belongs to the app. A complaint that comes back is said once, whatever ids and numbers
 * are in it.
 */
export function createDiagLogger(reporter: Reporter): DiagLogger {
  const said = new Set<string>()

  function complain(code: 'sdk-error' | 'sdk-warning', words: string): void {
    const shape = shapeOf(words)
    if (said.has(shape)) return
    if (said.size >= maxComplaints) return reporter.debug(`OpenTelemetry: ${words}`)
    said.add(shape)
    reporter.report(createProblem(code, { words }))
  }

  return {
    error(...parts) {
      const words = join(parts)
      if (words.includes('Attempted duplicate registration of API')) {
        reporter.report(createProblem('late-sdk', undefined))
      } else complain('sdk-error', words)
    },
    warn: (...parts) => complain('sdk-warning', join(parts)),
    info: (...parts) => reporter.info(`OpenTelemetry: ${join(parts)}`),
    debug: (...parts) => reporter.debug(`OpenTelemetry: ${join(parts)}`),
    verbose: (...parts) => reporter.debug(`OpenTelemetry: ${join(parts)}`),
  }
}

/** The words without what differs from case to case. */
function shapeOf(words: string): string {
  return words.slice(0, maxShape).replace(/'[^']*'|"[^"]*"|`[^`]*`|\{.*\}|\[.*\]|[\da-f.]*\d[\da-f.]*/gi, '*')
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
