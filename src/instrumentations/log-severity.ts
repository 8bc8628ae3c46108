import { SeverityNumber } from '@opentelemetry/api'

/** For the numbers of pino and bunyan: 10 is trace, 20 debug and so on to 60, fatal; others lie between or beyond. */
export function severityOfNumber(level: number): SeverityNumber {
  if (level % 10 === 0 && level >= 10 && level <= 60) return stepsAboveTrace(4 * (level / 10 - 1))
  const third = Math.min(17, Math.max(0, Math.floor((level - 10) * 0.3)))
  return stepsAboveTrace(4 * Math.floor(third / 3) + (third % 3) + 1)
}

/** By number: 0 is unspecified, 1 is trace and so on to 24, the fourth degree of fatal. */
const ascending = Object.values(SeverityNumber).filter(value => typeof value === 'number')

function stepsAboveTrace(steps: number): SeverityNumber {
  return ascending[SeverityNumber.TRACE + steps] ?? SeverityNumber.UNSPECIFIED
}

/** For the names of winston's npm, syslog and cli levels, and those of OpenTelemetry itself. */
export function severityOfName(level: string): SeverityNumber {
  return severities[level] ?? SeverityNumber.UNSPECIFIED
}

const severities: Readonly<Record<string, SeverityNumber | undefined>> = {
  emerg: SeverityNumber.FATAL3,
  alert: SeverityNumber.FATAL2,
  crit: SeverityNumber.FATAL,
  fatal: SeverityNumber.FATAL,
  error: SeverityNumber.ERROR,
  warn: SeverityNumber.WARN,
  warning: SeverityNumber.WARN,
  help: SeverityNumber.INFO3,
  data: SeverityNumber.INFO2,
  notice: SeverityNumber.INFO2,
  info: SeverityNumber.INFO,
  http: SeverityNumber.DEBUG3,
  verbose: SeverityNumber.DEBUG2,
  debug: SeverityNumber.DEBUG,
  prompt: SeverityNumber.TRACE4,
  input: SeverityNumber.TRACE2,
  silly: SeverityNumber.TRACE,
  trace: SeverityNumber.TRACE,
}
