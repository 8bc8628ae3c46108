/** The values of `OTEL_LOG_LEVEL`, from silence to everything. */
export const logLevels = ['none', 'error', 'warn', 'info', 'debug', 'verbose', 'all'] as const

export type LogLevel = (typeof logLevels)[number]
export type Severity = 'error' | 'warn' | 'info' | 'debug'

/** Whether something of this severity is said at this level. */
export function isSaid(severity: Severity, level: LogLevel): boolean {
  return logLevels.indexOf(severity) <= logLevels.indexOf(level)
}
