import { expect, test } from 'vitest'
import { createCircuit } from '../../src/exporters/circuit.ts'

const passing = { isFinal: false, tookMs: 0 }
const final = { isFinal: true, tookMs: 0 }

test('the pause grows to a bound', () => {
  const circuit = createCircuit(() => 1)
  const pauses = Array.from({ length: 8 }, () => circuit.failed(passing))
  expect(pauses).toEqual([200, 400, 800, 1600, 3200, 5000, 5000, 5000])
})

test('processes that lost the collector together do not come back together', () => {
  expect(createCircuit(() => 0).failed(passing)).toBe(160)
  expect(createCircuit(() => 1).failed(passing)).toBe(200)
})

test('the third failure in a row opens it, one success closes it', () => {
  const circuit = createCircuit()
  const states = [circuit.state]
  for (const _ of [1, 2, 3]) {
    circuit.failed(passing)
    states.push(circuit.state)
  }
  circuit.succeeded()
  expect([...states, circuit.state]).toEqual(['ok', 'failing', 'failing', 'paused', 'ok'])
})

test('a request that was refused says nothing of the next one, until it happens again and again', () => {
  const circuit = createCircuit(() => 1)
  expect([circuit.failed(final), circuit.failed(final), circuit.failed(final)]).toEqual([0, 0, 800])
})

test('a request that waited for nothing was a part of the pause', () => {
  const circuit = createCircuit(() => 1)
  expect(circuit.failed({ ...passing, tookMs: 50 })).toBe(150)
  expect(circuit.failed({ ...passing, tookMs: 10_000 })).toBe(100)
  expect(circuit.failed({ ...passing, tookMs: 900, retryAfterMs: 3000 })).toBe(3000)
})

test.each([0, 150])('a wish for less than our own pause (%i ms) does not shorten it', retryAfterMs => {
  const circuit = createCircuit(() => 1)
  const pauses = Array.from({ length: 3 }, () => circuit.failed({ ...passing, retryAfterMs }))
  expect(pauses).toEqual([200, 400, 800])
})

test('the wish of the collector goes before our own pause, up to an hour', () => {
  const circuit = createCircuit()
  expect(circuit.failed({ ...passing, retryAfterMs: 60_000 })).toBe(60_000)
  expect(circuit.state).toBe('paused')
  expect(circuit.failed({ ...passing, retryAfterMs: 10 ** 12 })).toBe(3_600_000)
})
