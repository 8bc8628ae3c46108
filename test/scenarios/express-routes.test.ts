import { createRequire } from 'node:module'
import { join } from 'node:path'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { type Receiver, startReceiver } from '../../src/testing.ts'
import { type AppOptions, runApp } from '../harness/app.ts'
import { tempFolder } from '../harness/temp-folder.ts'
import { official, routes, routesOf4, routesOfRouter, routesWithoutPaths } from './express-routes.ts'

const file = join(import.meta.dirname, '../apps/express-routes.mjs')
const routersFile = join(import.meta.dirname, '../older/routers.mjs')
const root = join(import.meta.dirname, '../..')
const early = { nodeOptions: ['--import', '@org/otel/register'] }
const late = { env: { SET_UP: 'made' } }
const version5 = createRequire(import.meta.url).resolve('express')
const version4 = createRequire(join(import.meta.dirname, '../older/')).resolve('express')

test.concurrent.each([
  { name: 'Express 5', express: version5, when: early, expected: routes },
  { name: 'Express 5, set up when all routes were there', express: version5, when: late, expected: routes },
  { name: 'Express 4', express: version4, when: early, expected: routesOf4 },
  { name: 'Express 4, set up when all routes were there', express: version4, when: late, expected: routesOf4 },
])('$name: a request has the whole route of whatever answers it', async ({ express, when, expected }) => {
  expect(await observe({ file, ...when }, express)).toEqual(expected)
})

test.concurrent('the official instrumentation agrees, except where the documentation says so', async () => {
  const env = { OTEL_INSTRUMENTATION_EXPRESS_OFFICIAL: 'true' }
  expect(await observe({ file, ...early, env }, version5)).toEqual({ ...routes, ...official })
})

test.concurrent('beside the official instrumentation of HTTP, too', async () => {
  const env = { OTEL_INSTRUMENTATION_HTTP_OFFICIAL: 'true' }
  // Nobody asks for what Express knows of a request whose handlers were not called.
  const expected = { ...routes, '/checked/bad': '-' }
  expect(await observe({ file, ...early, env }, version5)).toEqual(expected)
})

test.concurrent.each([
  { name: 'Express 5', express: version5, env: {}, expected: routes },
  { name: 'Express 4, called by a function', express: version4, env: { WRAPPED: 'true' }, expected: routesOf4 },
])('$name, in the one file that a bundler has made: the same routes', async ({ express, env, expected }) => {
  const outfile = join(tempFolder(), 'app.mjs')
  await build({
    entryPoints: [file],
    outfile,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    external: ['@org/otel'],
    define: { 'process.env.EXPRESS': JSON.stringify(express) },
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)" },
  })
  expect(await observe({ file: outfile, ...early, env }, express)).toEqual(expected)
})

test.concurrent('what a router was given as a path is kept or unknown, and never taken from a URL', async () => {
  const expected = {
    ...of('before-older', routesWithoutPaths),
    ...of('before-newest', routesOfRouter),
    ...of('after-older', routesOfRouter),
    ...of('after-newest', routesOfRouter),
  }
  expect(await observe({ file: routersFile, env: { PATHS: Object.keys(expected).join(' ') } })).toEqual(expected)
})

function of(router: string, expected: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(expected).map(([path, route]) => [`${path}?router=${router}`, route]))
}

/** The route of each request, by what was asked for. */
async function observe(app: AppOptions, express = version5): Promise<Record<string, unknown>> {
  await using receiver = await startReceiver()
  const env = { OTEL_SERVICE_NAME: 'routes', NODE_ENV: 'test', EXPRESS: express, PATHS: Object.keys(routes).join(' ') }
  const result = await runApp({ ...app, cwd: root, env: { ...receiver.env, ...env, ...app.env } })
  expect(result).toEqual({ code: 0, signal: null, stdout: '', stderr: '' })
  const servers = receiver.spans().filter(span => span.kind === 'SERVER')
  for (const { name, attributes } of servers) {
    expect(name).toBe(`${attributes['http.request.method']} ${attributes['http.route'] ?? ''}`.trim())
  }
  expect(measuredRoutes(receiver)).toEqual(new Set(servers.map(span => span.attributes['http.route'])))
  return Object.fromEntries(servers.map(({ attributes }) => [describe(attributes), attributes['http.route'] ?? '-']))
}

function describe(attributes: Readonly<Record<string, unknown>>): string {
  const { 'http.request.method': method, 'url.path': path, 'url.query': query } = attributes
  return `${method === 'GET' ? '' : method}${path}${query === undefined ? '' : `?${query}`}`
}

function measuredRoutes(receiver: Receiver): Set<unknown> {
  const durations = receiver.metrics().filter(metric => metric.name === 'http.server.request.duration')
  return new Set(durations.flatMap(metric => metric.points.map(point => point.attributes['http.route'])))
}
