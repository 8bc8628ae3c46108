import type { Report } from '../diagnostics/problem.ts'
import { createProblem } from '../diagnostics/problems.ts'
import type { Parsed } from './parsers.ts'
import type { Variable } from './variables.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** Reads single variables. What is wrong with one is reported once, however often it is read. */
export interface VariableReader {
  /** What was said, or undefined where nothing usable was. */
  given<Value>(name: string, variable: Variable<Value>): Value | undefined
  /** What was said, or the default. */
  read<Value, Default extends Value | undefined>(name: string, variable: Variable<Value, Default>): Value | Default
  /** What the signal's own variable says, or the general one, or the default. */
  readEither<Value, Default extends Value | undefined>(
    names: { own: string; general: string },
    variable: Variable<Value, Default>,
  ): Value | Default
  /** The variables whose names match. */
  matching(pattern: RegExp): readonly RegExpExecArray[]
}

export function createVariableReader(env: Environment, report: Report): VariableReader {
  const parsed = new Map<string, Parsed<unknown>>()

  function given<Value>(
    name: string,
    variable: Variable<Value>,
    fallback = describeDefault(variable),
  ): Value | undefined {
    const known = parsed.get(name) as Parsed<Value> | undefined
    const { value } = known ?? parse(name, variable, fallback)
    return value
  }

  function parse<Value>(name: string, { parser }: Variable<Value>, fallback: string): Parsed<Value> {
    const text = readText(env, name)
    const bare = text.replace(/^(["'])(.*)\1$/s, '$2').trim()
    const result: Parsed<Value> = bare === '' ? { value: undefined, flaws: [] } : parser.parse(bare)
    parsed.set(name, result)
    if (bare !== text) report(createProblem('quoted-value', { name }))
    for (const flaw of result.flaws) {
      report(createProblem('bad-value', { name, expected: parser.expects, instead: `using ${fallback}`, ...flaw }))
    }
    return result
  }

  return {
    given: (name, variable) => given(name, variable),
    read: (name, variable) => given(name, variable) ?? variable.default,
    readEither({ own, general }, variable) {
      const shared = given(general, variable)
      const fallback = shared === undefined ? describeDefault(variable) : describeValue(variable, shared)
      return given(own, variable, fallback) ?? shared ?? variable.default
    },
    matching: pattern =>
      namesOf(env)
        .map(name => pattern.exec(name))
        .filter(match => match !== null),
  }
}

export function describeDefault<Value>(variable: Variable<Value>): string {
  if (variable.defaultWords !== undefined) return variable.defaultWords
  return variable.default === undefined ? 'nothing' : describeValue(variable, variable.default)
}

function describeValue<Value>({ parser }: Variable<Value>, value: Value): string {
  if (parser.describe !== undefined) return parser.describe(value)
  if (typeof value !== 'object' || value === null) return String(value)
  return (Array.isArray(value) ? value.join(',') : Object.keys(value).join(',')) || 'nothing'
}

function readText(env: Environment, name: string): string {
  try {
    const value: unknown = env[name]
    return typeof value === 'string' ? value.trim() : ''
  } catch {
    return ''
  }
}

function namesOf(env: Environment): readonly string[] {
  try {
    return Object.keys(env)
  } catch {
    return []
  }
}
