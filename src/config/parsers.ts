/** What a text turned out to say. Without a value the caller's fallback applies. */
export interface Parsed<Value> {
  readonly value: Value | undefined
  readonly flaws: readonly Flaw[]
}

/** One thing that is wrong with a text, in words that fit behind the name of its variable. */
export interface Flaw {
  /** `is "abc"`. Never a secret. */
  readonly seen: string
  /** What is done about it. Left out where the fallback is used, which only the caller knows. */
  readonly instead?: string
}

/** Turns the text of a variable, trimmed and not empty, into a value. Pure; never throws. */
export interface Parser<Value> {
  readonly expects: string
  readonly parse: (text: string) => Parsed<Value>
  /** How to show a value, where `String` would not do. */
  describe?(value: Value): string
}

/** The longest that a timer of Node can wait, 24.8 days. More than that, `Infinity` too, would fire after 1 ms. */
export const maxTimerMs = 2 ** 31 - 1

export const text: Parser<string> = { expects: 'a text', parse: found }

/** As the specification wants it: whatever is not `true` is false. */
export const boolean: Parser<boolean> = {
  expects: 'true or false',
  parse(text) {
    const word = text.toLowerCase()
    if (word === 'true' || word === 'false') return found(word === 'true')
    return { value: false, flaws: [{ seen: `is ${quote(text)}`, instead: 'using false' }] }
  },
}

export const ratio: Parser<number> = {
  expects: 'a number from 0 to 1',
  parse(text) {
    const number = /^[0-9.]+(e-?[0-9]+)?$/i.test(text) ? Number(text) : NaN
    return number >= 0 && number <= 1 ? found(number) : bad(text)
  },
}

export function wholeNumber({ min, max = Infinity }: { min: number; max?: number }): Parser<number> {
  const range = max === Infinity ? `of at least ${min}` : `from ${min} to ${max}`
  return {
    expects: `a whole number ${range}`,
    parse(text) {
      const number = /^\+?[0-9]+$/.test(text) ? Number(text) : NaN
      return number >= min && number <= Math.min(max, Number.MAX_SAFE_INTEGER) ? found(number) : bad(text)
    },
  }
}

/** How long to wait before the next time. */
export function milliseconds({ min }: { min: number }): Parser<number> {
  const { expects, parse } = wholeNumber({ min, max: maxTimerMs })
  return { expects: `milliseconds, ${expects}`, parse }
}

/** How long to wait at most. The specification reads 0 as no limit, and so do we, as far as timers go. */
export const timeout: Parser<number> = {
  expects: `milliseconds, a whole number from 0 (no limit) to ${maxTimerMs}`,
  parse(text) {
    const { value, flaws } = milliseconds({ min: 0 }).parse(text)
    return { value: value === 0 ? maxTimerMs : value, flaws }
  },
  describe: ms => (ms === maxTimerMs ? '0 (no limit)' : String(ms)),
}

export function oneOf<const Name extends string>(names: readonly Name[]): Parser<Name> {
  return {
    expects: words(names),
    parse(text) {
      const name = names.find(each => each === text.toLowerCase())
      return name === undefined ? bad(text) : found(name)
    },
  }
}

/** Names that we know, separated by commas, or `none`. What we do not know is left out; if nothing is left, all of it is. */
export function listOf<const Name extends string>(names: readonly Name[]): Parser<readonly Name[]> {
  return {
    expects: `a list of ${words(names)}, or none alone`,
    parse(text) {
      const given = split(text.toLowerCase())
      if (given.length > 0 && given.every(entry => entry === 'none')) return found([])
      const value = names.filter(name => given.includes(name)).toSorted((a, b) => given.indexOf(a) - given.indexOf(b))
      const strangers = given.filter(entry => !value.includes(entry as Name))
      if (value.length === 0) return bad(text)
      return {
        value,
        flaws: strangers.map(name => ({ seen: `contains ${quote(name)}`, instead: 'ignoring that entry' })),
      }
    },
  }
}

/** Any names, separated by commas. */
export const names: Parser<readonly string[]> = {
  expects: 'a list of names',
  parse(text) {
    const value = split(text)
    return value.length === 0 ? bad(text) : found(value)
  },
}

export function found<Value>(value: Value): Parsed<Value> {
  return { value, flaws: [] }
}

function bad(text: string): Parsed<never> {
  return { value: undefined, flaws: [{ seen: `is ${quote(text)}` }] }
}

export function shorten(text: string, maxLength: number): string {
  return text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text
}

/** Short and on one line, whatever is in it. */
export function quote(text: string, maxLength = 60): string {
  return JSON.stringify(shorten(text, maxLength))
}

function split(text: string): string[] {
  return [...new Set(text.split(',').map(entry => entry.trim()))].filter(entry => entry !== '')
}

function words(names: readonly string[]): string {
  return names.length === 1 ? names[0]! : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
}
