import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { type Receiver, startReceiver } from '../../src/testing.ts'
import { type AppResult, runApp } from '../harness/app.ts'

const root = join(import.meta.dirname, '../..')
const pages = [join(root, 'README.md'), ...markdownIn('docs'), ...examples()]

// Inside node_modules, so that `@org/otel` is found as it would be in the reader's app.
const folders = join(root, 'node_modules/.cache')
mkdirSync(folders, { recursive: true })
const folder = mkdtempSync(join(folders, 'pages-'))
afterAll(() => rmSync(folder, { recursive: true }))
const program = `
import { trace } from '@opentelemetry/api'
trace.getTracer('app').startSpan('work').end()
`
for (const name of ['app.js', 'worker.js']) writeFileSync(join(folder, name), program)
writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')

const blocks = pages.flatMap(page =>
  [...readFileSync(page, 'utf8').matchAll(/^```(\w+)\n(.*?)^```/gms)].map(([, language = '', text = ''], index) => ({
    name: `${relative(root, page)}, block ${index + 1}`,
    language,
    text,
  })),
)

test.each(blocks.filter(({ language }) => language === 'js'))('$name runs as it is written', async ({ text }) => {
  await using receiver = await startReceiver()
  writeFileSync(join(folder, 'block.js'), text)

  const { code, stderr } = await run(receiver, process.execPath, ['block.js'])

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
})

test.each(blocks.filter(({ text }) => text.includes('node --import')))('$name sends a span', async ({ text }) => {
  await using receiver = await startReceiver()
  const commands = text.split('\n').filter(line => !line.startsWith('npm '))
  writeFileSync(join(folder, 'block.sh'), commands.join('\n'))

  const { code, stderr } = await run(receiver, 'sh', ['block.sh'])

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(receiver.spans()).toMatchObject([
    { name: 'work', resource: { 'service.name': expect.stringMatching(/^orders-/) } },
  ])
})

test.each(blocks.filter(({ text }) => text.includes('npm run ') || text.includes('npm test')))(
  '$name names scripts that there are',
  ({ text }) => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object }
    const named = [...text.matchAll(/npm (?:run )?(test|(?<=run )[\w:]+)/g)].map(([, script]) => script)
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named))
  },
)

test.each(pages.map(page => ({ page, name: relative(root, page) })))(
  'the links of $name lead somewhere',
  ({ page }) => {
    const targets = [...readFileSync(page, 'utf8').matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, target = '']) => target)
    const broken = targets.filter(target => !/^https?:/.test(target) && !existsSync(join(dirname(page), target)))
    expect(broken).toEqual([])
  },
)

function run(receiver: Receiver, node: string, args: string[]): Promise<AppResult> {
  return runApp({
    node,
    args,
    cwd: folder,
    env: { ...receiver.env, PATH: `${dirname(process.execPath)}:${process.env['PATH']}` },
  })
}

function examples(): string[] {
  return readdirSync(join(root, 'examples')).flatMap(name => markdownIn(join('examples', name)))
}

function markdownIn(path: string): string[] {
  const names = readdirSync(join(root, path)).filter(name => name.endsWith('.md'))
  return names.map(name => join(root, path, name))
}
