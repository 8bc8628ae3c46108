import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startReceiver } from '../../src/testing.ts'
import { runApp } from '../harness/app.ts'

const apps = join(import.meta.dirname, '../apps')

/** What is asked for, and the name that its server span must have. */
const routes = {
  '/plain/1': 'GET /plain/:id',
  '/mounted/hello/eva': 'GET /mounted/hello/:name',
  '/mounted/inner/deep/2': 'GET /mounted/inner/deep/:x',
  '/users/7/item': 'GET /users/:id/item',
  '/users/7/nested/leaf/3': 'GET /users/:id/nested/leaf/:z',
  '/route/4': 'GET /route/:r',
  '/all': 'GET /all',
  '/stopped': 'GET /stopped',
  '/fails/5': 'GET /fails/:id',
  '/nowhere': 'GET',
}

test.each([
  { version: 5, express: createRequire(import.meta.url).resolve('express') },
  { version: 4, express: createRequire(join(import.meta.dirname, '../older/')).resolve('express') },
])('Express $version: the name of each request is its whole route, whatever it is nested in', async ({ express }) => {
  await using receiver = await startReceiver()

  const { code, stderr } = await runApp({
    file: join(apps, 'express-routes.mjs'),
    nodeOptions: ['--import', '@org/otel/register'],
    env: { ...receiver.env, OTEL_SERVICE_NAME: 'routes', EXPRESS: express, PATHS: Object.keys(routes).join(' ') },
  })

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const servers = receiver.spans().filter(span => span.kind === 'SERVER')
  expect(Object.fromEntries(servers.map(span => [span.attributes['url.path'], span.name]))).toEqual(routes)
  for (const { name, attributes } of servers) expect(`GET ${attributes['http.route'] ?? ''}`.trim()).toBe(name)
})
