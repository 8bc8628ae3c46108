import { expect, test } from 'vitest'
import { startReceiver } from '../../src/testing.ts'
import { runApp } from '../harness/app.ts'
import { esm } from '../harness/code.ts'

const bad = `() => { throw new Error('oops') }`
const fine = `async () => {}`

/** What a user may hand over, and what our line says about it. The app below must not notice any of it. */
const options = {
  'a sampler': [
    `sampler: { shouldSample: ${bad}, toString: () => 's' }`,
    'shouldSample() of the option sampler threw (oops)',
  ],
  'a sampler without an answer': [`sampler: { shouldSample() {}, toString: () => 's' }`, undefined],
  'onStart of a span processor': [
    `spanProcessors: [{ onStart: ${bad}, onEnd() {}, forceFlush: ${fine}, shutdown: ${fine} }]`,
    'onStart() of the option spanProcessors threw',
  ],
  'onEnd of a span processor': [
    `spanProcessors: [{ onStart() {}, onEnd: ${bad}, forceFlush: ${fine}, shutdown: ${fine} }]`,
    'onEnd() of the option spanProcessors threw',
  ],
  'shutdown of a span processor': [
    `spanProcessors: [{ onStart() {}, onEnd() {}, forceFlush: ${fine}, shutdown: ${bad} }]`,
    'shutdown() of the option spanProcessors threw',
  ],
  'an attributes processor of a view': [
    `views: [{ instrumentName: 'app.*', attributesProcessors: [{ process: ${bad} }] }]`,
    'process() of the option views threw',
  ],
  'onEmit of a log record processor': [
    `logRecordProcessors: [{ onEmit: ${bad}, forceFlush: ${fine}, shutdown: ${fine} }]`,
    'onEmit() of the option logRecordProcessors threw',
  ],
  'a metric reader': [
    `metricReaders: [{ collect: ${fine}, setMetricProducer: ${bad}, selectAggregation: () => ({ type: 0 }), selectAggregationTemporality: () => 1, forceFlush: ${fine}, shutdown: ${fine} }]`,
    'setMetricProducer() of the option metricReaders threw',
  ],
  'a span processor that flushes when it is flushed': [
    `spanProcessors: [{ onStart() {}, onEnd() {}, forceFlush: () => otel.flush(), shutdown: () => otel.flush(200) }]`,
    undefined,
  ],
  'a view that selects nothing': [`views: [{}]`, 'views[0] is refused by the SDK'],
} as const

test.each(Object.entries(options))(
  '%s: the app goes on, one line says so, and everything arrives',
  async (_, [option, line]) => {
    await using receiver = await startReceiver()
    const code = `
    import { logs, metrics, trace } from '@opentelemetry/api'
    import { setupOtel } from '@org/otel'
    const otel = setupOtel({ serviceName: 'own', ${option} })
    metrics.getMeter('app').createCounter('app.counter').add(1)
    for (const name of ['one', 'two']) trace.getTracer('app').startActiveSpan(name, span => {
      logs.getLogger('app').emit({ body: name })
      span.end()
    })
    await otel.flush(500)
    await otel.shutdown()
    console.log('done')`

    const { stderr, ...result } = await runApp({ ...esm(code), env: receiver.env })

    expect(result).toEqual({ code: 0, signal: null, stdout: 'done\n' })
    if (line === undefined) expect(stderr).toBe('')
    else expect(stderr.split('\n')).toEqual([expect.stringContaining(line), ''])
    expect(receiver.spans().map(span => span.name)).toEqual(['one', 'two'])
    expect(receiver.logs().map(log => log.body)).toEqual(['one', 'two'])
    expect(receiver.metrics().map(metric => metric.name)).toContain('app.counter')
  },
)
