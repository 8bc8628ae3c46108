import { isSaid, type LogLevel, type Severity } from './log-level.ts'
import type { Problem, Report } from './problem.ts'
import { isRepeated, severityOf } from './problems.ts'
import { writeStderr } from './write-stderr.ts'

export type Logger = Readonly<Record<Severity, (message: string) => unknown>>

/** Says one line at a time, and never throws. */
export interface Reporter extends Record<Severity, (message: string) => void> {
  /** Says a problem at the severity that its code has in the catalogue, and each problem once, unless its row says otherwise. */
  readonly report: Report
}

interface ReporterOptions {
  readonly level: LogLevel
  /** Takes the lines instead of `write`. */
  readonly logger?: Logger | undefined
  /** Takes one line with its line feed. Default: file descriptor 2. */
  readonly write?: (line: string) => void
}

const maxLineLength = 1000
/** The oldest are forgotten beyond this, so that messages which differ every time cannot fill the memory. */
const maxRemembered = 200

/** Our own voice: every line that `@org/otel` says about itself goes through here. */
export function createReporter({ level, logger, write = writeStderr }: ReporterOptions): Reporter {
  const said = new Set<string>()

  function say(severity: Severity, message: string): void {
    if (!isSaid(severity, level)) return
    const line = `[@org/otel] ${flatten(message)}`
    if (logger === undefined || !isTaken(logger, severity, line)) attempt(() => write(`${line}\n`))
  }

  function report(problem: Problem): void {
    const key = `${problem.code} ${problem.message}`
    if (said.has(key) && !isRepeated(problem.code)) return
    said.add(key)
    if (said.size > maxRemembered) said.delete(said.values().next().value!)
    say(severityOf(problem.code), problem.message)
  }

  return {
    report,
    error: message => say('error', message),
    warn: message => say('warn', message),
    info: message => say('info', message),
    debug: message => say('debug', message),
  }
}

/** A logger that fails must cost neither the app nor the message. */
function isTaken(logger: Logger, severity: Severity, line: string): boolean {
  return attempt(() => {
    const result = logger[severity](line)
    if (result instanceof Promise) result.catch(() => {})
  })
}

/** Where the last way to say something fails there is nobody left to tell. */
function attempt(act: () => void): boolean {
  try {
    act()
    return true
  } catch {
    return false
  }
}

/** One line, whatever came in: line breaks and control characters could forge the lines of others. */
function flatten(message: unknown): string {
  const line = toText(message)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
  return line.length > maxLineLength ? `${line.slice(0, maxLineLength - 1)}…` : line
}

function toText(message: unknown): string {
  try {
    return String(message)
  } catch {
    return 'a message that cannot be shown'
  }
}
