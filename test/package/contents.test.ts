import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatMessage } from 'publint/utils'
import { publint } from 'publint'
import { beforeAll, expect, test } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { runApp } from '../harness/app.ts'
import { tempFolder } from '../harness/temp-folder.ts'
import { pack } from './consumer.ts'

const root = join(import.meta.dirname, '../..')
let tarball: string
let files: ReadonlyMap<string, string>

beforeAll(async () => {
  tarball = await pack()
  const folder = tempFolder()
  await runApp({ node: 'tar', args: ['-xzf', tarball, '-C', folder] })
  const listing = await runApp({ node: 'tar', args: ['-tzf', tarball] })
  const paths = listing.stdout.trim().split('\n')
  files = new Map(
    paths.map(path => [path.replace(/^package\//, ''), readFileSync(join(folder, path), 'utf8')] as const),
  )
})

test('the package holds what runs, its types and its papers, and nothing else', () => {
  const kinds = [...files.keys()].map(path =>
    path
      .replace(/^dist\/chunk-\w+\.cjs$/, 'dist/chunk.cjs')
      .replace(/^dist\/instrumentations\/lazy\/[\w-]+\.cjs$/, 'dist/instrumentations/lazy.cjs')
      .replace(/^dist\/.*\.d\.ts$/, 'dist/types'),
  )
  expect([...new Set(kinds)].toSorted()).toEqual([
    'LICENSE',
    'README.md',
    'dist/THIRD-PARTY-LICENSES.txt',
    'dist/chunk.cjs',
    'dist/entry.cjs',
    'dist/index.js',
    'dist/instrumentations/lazy.cjs',
    'dist/old-node.cjs',
    'dist/old-node.d.cts',
    'dist/preload.cjs',
    'dist/register.cjs',
    'dist/register.d.cts',
    'dist/register.js',
    'dist/setup.cjs',
    'dist/testing.js',
    'dist/types',
    'dist/wait.cjs',
    'package.json',
  ])
})

test('no file knows the machine on which it was made', () => {
  const telling = [...files].filter(([, text]) => text.includes(root) || text.includes('sourceMappingURL'))
  expect(telling.map(([path]) => path)).toEqual([])
})

test('every door is a file of the package', () => {
  const doors = Object.values(manifest.exports)
  const targets = doors.flatMap(door => (typeof door === 'string' ? [door] : Object.values(door)))
  const missing = targets.filter(target => !files.has(target.slice(2)))
  expect(missing).toEqual([])
})

const imports = /(?:\bfrom\s*|\b(?:require|resolve)\()["']([^."'][^"']*)["']/g

test('whatever the files import is a part of Node, a dependency of ours, or asked for by types alone', () => {
  const code = [...files].filter(([path]) => /\.(c?js)$/.test(path)).map(([, text]) => text)
  const imported = code.flatMap(text => [...text.matchAll(imports)].map(match => match[1]!))
  const packages = new Set(imported.filter(name => !name.startsWith('node:') && name.includes('/')))
  expect([...packages]).toEqual(Object.keys(manifest.dependencies))
})

test('the licence of every package of which a part is in the bundle comes along', () => {
  const text = files.get('dist/THIRD-PARTY-LICENSES.txt')!
  const named = [...text.matchAll(/^(\S+) \d+\.\d+\.\d+\S* \((.+)\)$/gm)].map(match => match[1])
  const fromSdk = [
    'core',
    'instrumentation-http',
    'otlp-transformer',
    'resources',
    'sdk-logs',
    'sdk-metrics',
    'sdk-trace',
  ]
  expect(named).toEqual(expect.arrayContaining([...fromSdk.map(name => `@opentelemetry/${name}`), 'forwarded-parse']))
  expect(text).toContain('Apache License')
  expect(text).toContain('Permission is hereby granted, free of charge')
})

test('what only tests and examples need is not among what a consumer installs', () => {
  const installed = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })
  expect(installed.filter(name => !name.startsWith('@opentelemetry/'))).toEqual([])
  expect(manifest).not.toHaveProperty('scripts.postinstall')
})

test('publint finds nothing', async () => {
  const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(readFileSync(tarball)).buffer } })
  expect(messages.map(message => formatMessage(message, pkg))).toEqual([])
})

test('attw finds nothing', async () => {
  const attw = join(root, 'node_modules/.bin/attw')
  const { stdout, code } = await runApp({
    file: attw,
    args: ['--profile', 'esm-only', tarball],
    node: process.execPath,
  })
  expect(stdout).toContain('@org/otel/testing')
  expect(code, stdout).toBe(0)
})
