import { expect, test } from 'vitest'
import { startReceiver } from '../../src/testing.ts'
import { runApp } from '../harness/app.ts'
import { esm } from '../harness/code.ts'

const app = `
  import { logs, metrics, trace } from '@opentelemetry/api'
  import { setupOtel } from '@org/otel'
  const otel = setupOtel()
  const cyclic = {}
  cyclic.me = cyclic
  for (let n = 0; n < 20; n++) {
    logs.getLogger('app').emit({ body: n === 7 ? cyclic : n })
    const span = trace.getTracer('app').startSpan(n === 7 ? { toString() { throw Error('no') } } : 'span')
    if (n === 7) span.attributes.broken = cyclic
    span.end()
  }
  metrics.getMeter('app').createCounter('good').add(1)
  metrics.getMeter('app').createCounter('bad', { description: cyclic }).add(1)
  if (process.argv[1] === 'flush') {
    await otel.flush()
    const { traces, logs, metrics } = otel.health()
    const facts = [traces, logs].map(({ sent, dropped, droppedByReason }) => [sent, dropped, droppedByReason])
    console.log(JSON.stringify(facts), metrics.sent > 0)
  }
`

test.each(['http/protobuf', 'http/json', 'grpc'])(
  'a record that cannot be written does not take others with it, over %s',
  async protocol => {
    await using receiver = await startReceiver()
    const env = {
      OTEL_SERVICE_NAME: 'unwritable',
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      OTEL_EXPORTER_OTLP_ENDPOINT: protocol === 'grpc' ? receiver.grpcUrl : receiver.url,
    }

    const program = esm(app)
    const { code, stdout, stderr } = await runApp({ args: [...(program.args ?? []), 'flush'], env })

    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: '[[19,1,{"export_failed":1}],[19,1,{"export_failed":1}]] true\n',
    })
    expect([receiver.spans().length, receiver.logs().length]).toEqual([19, 19])
    expect(receiver.metrics().map(({ name }) => name)).toContain('good')
    expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(5)
  },
)

test('nor at the end of the process', async () => {
  await using receiver = await startReceiver()
  const { stderr } = await runApp({ ...esm(app), env: { OTEL_SERVICE_NAME: 'unwritable', ...receiver.env } })
  expect([receiver.spans().length, receiver.logs().length]).toEqual([19, 19])
  expect(receiver.metrics().map(({ name }) => name)).toContain('good')
  expect(stderr).toMatch(/traces: sent 19, lost 1 \(export_failed\)/)
})
