import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Layer } from '../../../src/instrumentations/express/layer.ts'
import { matchedLiteral, pathOfLayer } from '../../../src/instrumentations/express/path-of-layer.ts'

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

test('of what was made with router 2.0 to 2.2 before anybody watched, only that it has a path', () => {
  const matched = {
    path: '/users/7',
    params: { id: '7' },
    matchers: [() => ({ path: '/users/7', params: { id: '7' } })],
  }
  expect(pathOfLayer({ handle, slash: false, ...matched })).toBe('/**')
  expect(matchedLiteral({ handle, slash: false, ...matched })).toBeUndefined()
  expect(pathOfLayer({ handle, slash: true })).toBe('/')
})

test('what has matched is told where it can be nothing but what the app has written', () => {
  const [ofText, ofRegExp] = [Object.create(null) as object, {}]
  const layer = { handle, slash: false, path: '/API', matchers: [() => false] }
  expect(matchedLiteral({ ...layer, params: ofText })).toBe('/api')
  expect(matchedLiteral({ ...layer, params: ofRegExp })).toBeUndefined()
  expect(matchedLiteral({ ...layer, params: ofText, matchers: [() => false, () => false] })).toBeUndefined()
  expect(matchedLiteral({ ...layer, params: ofText, rawPath: '/api' })).toBeUndefined()
})
