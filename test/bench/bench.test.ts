import { expect, test } from 'vitest'
import { countArrivals } from './count-arrivals.ts'
import { meanOf, medianOf } from './estimate.ts'
import { audit, small } from './programs.ts'
import { bare, datadog, ours } from './variants.ts'

const all = { 'SERVER GET /users/:id /users/:id': 1000, 'http.server.request.duration /users/:id': 1000 }

test('a round counts where 99.9 % of spans with their routes and of measurements arrived', () => {
  const { spans, metrics } = small
  const complain = (arrivals: object) => audit(small, ours('', '100 %'), 1000, { ...all, ...arrivals }).length
  expect(complain({})).toBe(0)
  expect(complain({ [spans[0]!]: 999 })).toBe(0)
  expect(complain({ [spans[0]!]: 998 })).toBe(1)
  expect(complain({ [metrics[0]!]: 998 })).toBe(1)
  expect(audit(small, ours('', '100 %'), 1000)).toHaveLength(2)
})

test('nothing is asked of those who bring nothing, and where chance decides as much as chance allows', () => {
  expect(audit(small, bare, 1000)).toEqual([])
  expect(audit(small, ours('', 'metrics only'), 1000, { [small.metrics[0]!]: 1000 })).toEqual([])
  const complain = (spans: number) => audit(small, ours('', '10 %'), 1000, { ...all, [small.spans[0]!]: spans }).length
  expect(complain(60)).toBe(0)
  expect(complain(50)).toBe(1)
  expect(audit(small, datadog, 1000, { [small.spans[0]!]: 1000 })).toEqual([])
})

test('traces for an agent of Datadog are read', () => {
  const text = (value: string) => [0xa0 + value.length, ...Buffer.from(value)]
  const pair = (key: string, value: readonly number[]) => [...text(key), ...value]
  const meta = [0x82, ...pair('span.kind', text('server')), ...pair('http.route', text('/users/:id'))]
  const resource = pair('resource', text('GET /users/:id'))
  const duration = pair('duration', [0xcf, 0, 0, 0, 0, 0, 0, 1, 0])
  const name = pair('name', text('web.request'))
  const span = [0x85, ...pair('service', text('shop')), ...name, ...resource, ...duration, ...pair('meta', meta)]
  const body = Buffer.from([0x92, 0x91, ...span, 0xdc, 0, 1, ...span])

  const arrivals = countArrivals([{ path: '/v0.4/traces', encoding: undefined, body }])

  expect(arrivals).toEqual({ shop: { spans: 2, 'SERVER GET /users/:id /users/:id': 2 } })
})

test('an estimate says how sure it is', () => {
  expect(medianOf([9, 1, 2, 3, 4])).toEqual({ value: 3, low: 2, high: 4 })
  const { value, low, high } = meanOf([1, 2, 3, 4, 5])
  expect([value, low, high].map(number => number.toFixed(2))).toEqual(['3.00', '1.04', '4.96'])
})
