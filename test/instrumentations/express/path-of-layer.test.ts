import { createRequire } from 'node:module'
import { join } from 'node:path'
import express from 'express'
import { describe, expect, test } from 'vitest'
import type { Layer } from '../../../src/instrumentations/express/layer.ts'
import { pathOfLayer } from '../../../src/instrumentations/express/path-of-layer.ts'

type Path = string | RegExp | string[]
const handle = (): void => {}

describe('Express 4 keeps a regular expression, of which the path is read', () => {
  const older = createRequire(join(import.meta.dirname, '../../older/'))('express') as () => OlderApp
  interface OlderApp {
    use(path: Path, handle: () => void): void
    readonly _router: { readonly stack: readonly Layer[] }
  }
  const layerOf = (path: Path): Layer => {
    const app = older()
    app.use(path, handle)
    return app._router.stack.at(-1)!
  }

  test.each([
    '/users/:id',
    '/users/:id/items/:item',
    '/files/:name(\\d+)',
    '/optional/:x?',
    '/:from-:to',
    '/a.b/:name.:extension',
    '/ab?cd',
    '/x*y',
    '/opt/(x|y)',
    '/:unit/(\\w+)',
    '/*',
    '*',
  ])('%s', path => expect(pathOfLayer(layerOf(path))).toBe(path))

  test('a list, a regular expression, and a slash that matches everything', () => {
    expect(pathOfLayer(layerOf(['/v1', '/v2/:tenant']))).toBe('/v1,/v2/:tenant')
    expect(pathOfLayer(layerOf(/^\/expression\/(\d+)/))).toBe('/^\\/expression\\/(\\d+)/')
    expect(pathOfLayer(layerOf('/'))).toBe('')
  })

  test('as older releases wrote it', () => {
    const written: Record<string, readonly string[]> = {
      '^\\/users\\/(?:([^\\/]+?))\\/?(?=\\/|$)': ['/users/:id'],
      '(?:^\\/v1\\/?(?=\\/|$)|^\\/v2\\/(?:([^\\/]+?))\\/?(?=\\/|$))': ['/v1,/v2/:id'],
    }
    for (const [source, [path]] of Object.entries(written)) {
      expect(pathOfLayer({ handle, regexp: new RegExp(source), keys: [{ name: 'id' }] })).toBe(path)
    }
  })
})

describe('router 2.0 to 2.2 keeps what has matched last, of which the path is read', () => {
  /** The layer of router 2.3, without what it did not have before, and with what it had. */
  const layerOf = (path: string | string[], given: string): Layer => {
    const app = express()
    app.use(path, handle)
    const { matchers = [] } = app.router.stack.at(-1) as unknown as Layer
    const found = matchers.map(match => match(given) as Layer | false).find(match => match !== false)
    return { handle, matchers, ...found }
  }

  test.each([
    ['/users/:id', '/users/7/more'],
    ['/users/:id', '/users/users'],
    ['/users/:id/items/:item', '/users/7/items/7'],
    ['/:from-:to', '/1-2'],
    ['/files/*path', '/files/a/b/c'],
    ['/literal', '/literal/more'],
  ])('%s, which has matched %s', (path, given) => expect(pathOfLayer(layerOf(path, given))).toBe(path))

  test('the one of a list that has matched, and a slash', () => {
    expect(pathOfLayer(layerOf(['/v1', '/v2/:tenant'], '/v2/acme/users'))).toBe('/v2/:tenant')
    expect(pathOfLayer(layerOf('/', ''))).toBe('')
  })
})
