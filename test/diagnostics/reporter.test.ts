import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { LogLevel } from '../../src/diagnostics/log-level.ts'
import { createReporter, type Logger } from '../../src/diagnostics/reporter.ts'

function listen(level: LogLevel = 'all', logger?: Logger) {
  const lines: string[] = []
  return { lines, reporter: createReporter({ level, logger, write: line => lines.push(line) }) }
}

function refuse(): never {
  throw new Error('closed')
}

async function reject(): Promise<never> {
  return refuse()
}

test('every message is one line with our name before it', () => {
  const { lines, reporter } = listen()
  reporter.error('one')
  reporter.warn('  two\n  lines\r\n')
  reporter.info('a\u0000b\u001b[31mc\u2028d\u0085e')
  expect(lines).toEqual(['[@org/otel] one\n', '[@org/otel] two lines\n', '[@org/otel] a b [31mc d e\n'])
})

test('a message of any length is a line of at most 1000 characters', () => {
  const { lines, reporter } = listen()
  reporter.warn('x'.repeat(100_000))
  expect(lines[0]!.length).toBeLessThan(1020)
  expect(lines[0]).toMatch(/x…\n$/)
})

test('whatever is not a text is made one', () => {
  const { lines, reporter } = listen()
  for (const odd of [undefined, null, 5, new Error('bad'), Object.create(null), { toString: refuse }])
    reporter.warn(odd as string)
  expect(lines).toHaveLength(6)
  expect(lines.at(-1)).toBe('[@org/otel] a message that cannot be shown\n')
})

test.each([
  ['none', 0],
  ['error', 1],
  ['warn', 2],
  ['info', 3],
  ['debug', 4],
  ['verbose', 4],
  ['all', 4],
] as const)('at level %s, %i of four severities are said', (level, count) => {
  const { lines, reporter } = listen(level)
  reporter.error('e')
  reporter.warn('w')
  reporter.info('i')
  reporter.debug('d')
  expect(lines).toHaveLength(count)
})

describe('a problem', () => {
  test('is said once', () => {
    const { lines, reporter } = listen()
    const problem = { code: 'bad-value', message: 'x' }
    reporter.report(problem)
    reporter.report({ ...problem })
    reporter.report({ ...problem, message: 'y' })
    reporter.report({ ...problem, code: 'bad-option' })
    expect(lines).toEqual(['[@org/otel] x\n', '[@org/otel] y\n', '[@org/otel] x\n'])
  })

  test('has the severity of its code, and is a warning where the code is unknown', () => {
    const { lines, reporter } = listen('error')
    reporter.report({ code: 'setup-failed', message: 'failed' })
    reporter.report({ code: 'bad-value', message: 'bad' })
    reporter.report({ code: 'toString', message: 'odd' })
    expect(lines).toEqual(['[@org/otel] failed\n'])
  })

  test('that differs each time does not fill the memory', () => {
    const { lines, reporter } = listen()
    for (let number = 0; number < 1000; number++) reporter.report({ code: 'bad-value', message: `number ${number}` })
    expect(lines).toHaveLength(1000)
    reporter.report({ code: 'bad-value', message: 'number 999' })
    expect(lines).toHaveLength(1000)
  })
})

describe("a caller's logger", () => {
  test('takes the lines in place of stderr', () => {
    const taken: string[] = []
    const take = (severity: string) => (line: string) => taken.push(`${severity}: ${line}`)
    const logger = { error: take('error'), warn: take('warn'), info: take('info'), debug: take('debug') }
    const { lines, reporter } = listen('info', logger)
    reporter.report({ code: 'bad-value', message: 'x' })
    reporter.info('y')
    reporter.debug('z')
    expect(taken).toEqual(['warn: [@org/otel] x', 'info: [@org/otel] y'])
    expect(lines).toEqual([])
  })

  test('keeps its this', () => {
    const logger = {
      taken: [] as string[],
      take(line: string) {
        this.taken.push(line)
      },
      error: refuse,
      info: refuse,
      debug: refuse,
      warn(line: string) {
        this.take(line)
      },
    }
    listen('warn', logger).reporter.warn('x')
    expect(logger.taken).toEqual(['[@org/otel] x'])
  })

  test('that throws costs no line', () => {
    const { lines, reporter } = listen('all', { error: refuse, warn: refuse, info: refuse, debug: refuse })
    reporter.warn('x')
    expect(lines).toEqual(['[@org/otel] x\n'])
  })

  test('that rejects does not end the app', async () => {
    const rejections: unknown[] = []
    const note = (reason: unknown): void => void rejections.push(reason)
    process.on('unhandledRejection', note)
    listen('all', { error: reject, warn: reject, info: reject, debug: reject }).reporter.warn('x')
    await new Promise(resolve => setImmediate(resolve))
    process.off('unhandledRejection', note)
    expect(rejections).toEqual([])
  })
})

test('nothing is thrown when nobody can be told', () => {
  const reporter = createReporter({ level: 'all', write: refuse })
  expect(() => reporter.error('x')).not.toThrow()
})

describe('without anything given, a line', () => {
  const source = fileURLToPath(new URL('../../src/diagnostics/reporter.ts', import.meta.url))
  const run = (body: string) =>
    spawn(process.execPath, [
      '--input-type=module',
      '-e',
      `import { createReporter } from ${JSON.stringify(source)}; ${body}`,
    ])

  test('goes to stderr and not to stdout, also at exit', async () => {
    const child = run(`process.on('exit', () => createReporter({ level: 'warn' }).warn('bye'))`)
    const [out, error] = await Promise.all([child.stdout.toArray(), child.stderr.toArray()])
    expect(Buffer.concat(out).toString()).toBe('')
    expect(Buffer.concat(error).toString()).toContain('[@org/otel] bye\n')
  })

  test('that nobody reads does not end the app', async () => {
    const child = run(`
      process.stdin.once('data', () => {
        const { warn } = createReporter({ level: 'warn' })
        for (let i = 0; i < 100; i++) warn('to a closed pipe')
        setTimeout(() => process.exit(7), 50)
      })
      console.log('ready')`)
    await once(child.stdout, 'data')
    child.stderr.destroy()
    child.stdin.write('go')
    expect(await once(child, 'exit')).toEqual([7, null])
  })
})
