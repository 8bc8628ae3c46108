import type { Report } from '../diagnostics/problem.ts'
import { createProblem } from '../diagnostics/problems.ts'
import type { OtelOptions } from './options.ts'
import { maxTimerMs, quote } from './parsers.ts'

interface Rule {
  readonly expected: string
  /** Of a list or a record each entry is judged alone, so that one bad entry costs no other. */
  readonly shape: 'value' | 'list' | 'record'
  readonly accepts: (value: unknown) => boolean
}

const rules: { readonly [Name in keyof Required<OtelOptions>]: Rule } = {
  serviceName: { shape: 'value', expected: 'a text that is not empty', accepts: isText },
  serviceVersion: { shape: 'value', expected: 'a text that is not empty', accepts: isText },
  resourceAttributes: {
    shape: 'record',
    expected: 'a text, a number, a boolean or a list of one of them',
    accepts: isAttribute,
  },
  instrumentations: { shape: 'record', expected: 'true, false or an object of options', accepts: isSwitchOrObject },
  sampler: { shape: 'value', expected: 'a Sampler', accepts: has('shouldSample') },
  spanProcessors: {
    shape: 'list',
    expected: 'a SpanProcessor',
    accepts: has('onStart', 'onEnd', 'forceFlush', 'shutdown'),
  },
  logRecordProcessors: {
    shape: 'list',
    expected: 'a LogRecordProcessor',
    accepts: has('onEmit', 'forceFlush', 'shutdown'),
  },
  metricReaders: { shape: 'list', expected: 'a MetricReader', accepts: has('collect', 'forceFlush', 'shutdown') },
  views: { shape: 'list', expected: 'an object with view options', accepts: isObject },
  exitTimeoutMs: { shape: 'value', expected: `a number from 0 to ${maxTimerMs}`, accepts: isTimeout },
  defer: { shape: 'value', expected: 'true or false', accepts: value => typeof value === 'boolean' },
  logger: {
    shape: 'value',
    expected: 'an object with error, warn, info and debug',
    accepts: has('error', 'warn', 'info', 'debug'),
  },
}

/** Takes from what a caller handed over only what is as it should be; the rest is reported by name. Never throws. */
export function readOptions(options: unknown, report: Report): OtelOptions {
  const entries = options === undefined ? [] : entriesOf(options)
  if (entries === undefined) {
    report(createProblem('bad-option', { name: '(all of them)', seen: show(options), expected: 'an object' }))
    return {}
  }
  const accepted = entries.flatMap(([name, value]) => {
    if (!Object.hasOwn(rules, name)) {
      report(createProblem('unknown-option', { name: quote(name), known: Object.keys(rules) }))
      return []
    }
    const kept = value === undefined ? undefined : readOption(name, value, rules[name as keyof OtelOptions], report)
    return kept === undefined ? [] : [[name, kept] as const]
  })
  return Object.fromEntries(accepted)
}

function readOption(name: string, value: unknown, rule: Rule, report: Report): unknown {
  const refuse = (where: string, what: unknown, expected: string): void =>
    report(createProblem('bad-option', { name: where, seen: show(what), expected }))

  if (rule.shape === 'value') {
    if (isAccepted(rule, value)) return value
    return refuse(name, value, rule.expected)
  }
  if (rule.shape === 'list') {
    const list = listOf(value)
    if (list === undefined) return refuse(name, value, `a list, each of it ${rule.expected}`)
    return list.filter((entry, index) => isAccepted(rule, entry) || refuse(`${name}[${index}]`, entry, rule.expected))
  }
  const record = entriesOf(value)
  if (record === undefined) return refuse(name, value, `an object, each value of it ${rule.expected}`)
  return Object.fromEntries(
    record
      // what a variable did not give is no mistake: { 'deployment.environment.name': process.env.STAGE }
      .filter(([, entry]) => entry !== undefined && entry !== null)
      .map(([key, entry]) => [key, listOf(entry) ?? entry] as const)
      .filter(([key, entry]) => isAccepted(rule, entry) || refuse(`${name}[${quote(key)}]`, entry, rule.expected)),
  )
}

/** Copies, so that nothing is read twice from an object that may be a proxy or have getters. */
function entriesOf(value: unknown): [string, unknown][] | undefined {
  try {
    return isRecord(value) ? Object.entries(value) : undefined
  } catch {
    return undefined
  }
}

function listOf(value: unknown): unknown[] | undefined {
  try {
    return Array.isArray(value) ? Array.from(value) : undefined
  } catch {
    return undefined
  }
}

function isAccepted(rule: Rule, value: unknown): boolean {
  try {
    return rule.accepts(value)
  } catch {
    return false
  }
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== ''
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function isRecord(value: unknown): value is object {
  return isObject(value) && !Array.isArray(value)
}

function isSwitchOrObject(value: unknown): boolean {
  return typeof value === 'boolean' || isRecord(value)
}

function isTimeout(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= maxTimerMs
}

/** https://opentelemetry.io/docs/specs/otel/common/#attribute */
function isAttribute(value: unknown): boolean {
  if (!Array.isArray(value)) return isScalar(value)
  const present = value.filter(entry => entry != null)
  return present.every(entry => isScalar(entry) && typeof entry === typeof present[0])
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
}

function has(...methods: readonly string[]): (value: unknown) => boolean {
  return value =>
    isObject(value) && methods.every(method => typeof (value as Record<string, unknown>)[method] === 'function')
}

/** The kind alone: what is in an object of the caller may be secret. */
function show(value: unknown): string {
  if (typeof value === 'string') return value.trim() === '' ? 'an empty text' : 'a text'
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (value === null || value === undefined) return String(value)
  if (listOf(value) !== undefined) return 'a list'
  return typeof value === 'object' ? 'another object' : `a ${typeof value}`
}
