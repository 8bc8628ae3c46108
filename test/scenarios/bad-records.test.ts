import { expect, test } from 'vitest'
import { startReceiver } from '../../src/testing.ts'
import { runApp } from '../harness/app.ts'
import { esm } from '../harness/code.ts'

test('what the SDK cannot take is left out, once told, and never thrown at the app', async () => {
  await using receiver = await startReceiver()
  const app = `
    import { logs, metrics, trace } from '@opentelemetry/api'
    import { setupOtel } from '@org/otel'
    setupOtel()
    const throwing = { get id() { throw new Error('a getter') } }
    const meter = metrics.getMeter('app')
    const instruments = [meter.createCounter('c'), meter.createUpDownCounter('u'), meter.createHistogram('h'), meter.createGauge('g')]
    for (const instrument of instruments) {
      const measure = (instrument.add ?? instrument.record).bind(instrument)
      for (const bad of [{ id: 1n }, throwing]) measure(1, bad)
      measure(Symbol('x'))
      measure(1, { good: true })
    }
    const logger = logs.getLogger('app')
    logger.emit({ body: 'bad', timestamp: 'x' })
    logger.emit({ body: 'good' })
    const tracer = trace.getTracer('app')
    tracer.startSpan('lost', { attributes: throwing }).end()
    console.log(tracer.startActiveSpan('also lost', { attributes: throwing }, () => 'called'))
    const span = tracer.startSpan('span')
    span.setAttributes(throwing).setStatus(undefined).addLink(null).addEvent('e', throwing).setAttribute('good', 1)
    span.recordException(undefined)
    span.end()
    console.log('done')
  `

  const { stderr, ...result } = await runApp({ ...esm(app), env: { OTEL_SERVICE_NAME: 'bad', ...receiver.env } })

  expect(result).toEqual({ code: 0, signal: null, stdout: 'called\ndone\n' })
  const lines = stderr.trim().split('\n')
  expect(new Set(lines).size).toBe(lines.length)
  expect(stderr).toContain('counter.add() was given something that OpenTelemetry cannot take')
  expect(receiver.spans()).toMatchObject([{ name: 'span', attributes: { good: 1 } }])
  expect(receiver.logs()).toMatchObject([{ body: 'good' }])
  const names = receiver.metrics().map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['c', 'u', 'h', 'g']))
})
