import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { startReceiver } from '../../src/testing.ts'
import { type AppResult, runApp } from '../harness/app.ts'
import { startFaultServer } from '../harness/fault-server.ts'

const app = join(import.meta.dirname, '../apps/three-signals.mjs')

describe.each(['http/protobuf', 'http/json', 'grpc'])('over %s', protocol => {
  test.each(['none', 'gzip'])('all three signals arrive with their headers, compression %s', async compression => {
    await using receiver = await startReceiver()

    const result = await run({
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      OTEL_EXPORTER_OTLP_ENDPOINT: protocol === 'grpc' ? receiver.grpcUrl : receiver.url,
      OTEL_EXPORTER_OTLP_COMPRESSION: compression,
      OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Bearer%20x%2By,x-team=a',
    })

    expect(result).toEqual({ code: 0, signal: null, stdout: '', stderr: '' })
    const [span] = receiver.spans()
    expect(span).toMatchObject({ name: 'work', resource: { 'service.name': 'three' } })
    expect(receiver.logs()).toMatchObject([{ body: 'working', traceId: span?.traceId, spanId: span?.spanId }])
    const counter = receiver.metrics().find(metric => metric.name === 'app.counter')
    expect(counter?.points).toMatchObject([{ value: 3, attributes: { kind: 'x' } }])
    expect(receiver.requests()).toHaveLength(3)
    for (const { headers } of receiver.requests()) {
      expect(headers).toMatchObject({ authorization: 'Bearer x+y', 'x-team': 'a' })
      expect(headers[protocol === 'grpc' ? 'grpc-encoding' : 'content-encoding']).toBe(
        compression === 'gzip' ? 'gzip' : undefined,
      )
    }
  })
})

test('each signal goes its own way when its own variables say so', async () => {
  await using general = await startReceiver()
  await using own = await startReceiver()

  const result = await run({
    ...general.env,
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${own.url}/v1/traces`,
    OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'grpc',
    OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: own.grpcUrl,
  })

  expect(result.stderr).toBe('')
  expect(own.spans()).toHaveLength(1)
  expect(own.logs()).toHaveLength(1)
  expect(own.metrics()).toEqual([])
  expect(general.metrics()).not.toEqual([])
  expect(general.spans()).toEqual([])
})

test('an exporter "none" sends nothing of its signal, and "console" writes it to stdout', async () => {
  await using receiver = await startReceiver()

  const result = await run({
    ...receiver.env,
    OTEL_TRACES_EXPORTER: 'none',
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'otlp,console',
  })

  expect(receiver.requests().map(({ path }) => path)).toEqual(['/v1/logs'])
  expect(result.stdout).toContain('working')
})

test.each(['http/protobuf', 'grpc'])(
  'a collector that is away costs one line that says what was lost, and nothing else, over %s',
  async protocol => {
    const receiver = await startReceiver()
    const endpoint = protocol === 'grpc' ? receiver.grpcUrl : receiver.url
    await receiver.close()

    const result = await run({
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20s3cret',
      OTEL_EXPORTER_OTLP_TIMEOUT: '500',
    })

    expect(result).toMatchObject({ code: 0, signal: null, stdout: '' })
    expect(result.stderr.trim().split('\n')).toEqual([
      expect.stringMatching(
        /not everything arrived: traces: sent 0, lost 1 \(unreachable\); metrics: .*; logs: .*; to http:.*ECONNREFUSED/,
      ),
    ])
    expect(result.stderr).not.toContain('s3cret')
  },
)

test.each(['http/protobuf', 'grpc'])(
  'a collector that takes requests and never answers does not hold up the end of a program, over %s',
  async protocol => {
    await using collector = await startFaultServer({
      behaviour: 'hang',
      protocol: protocol === 'grpc' ? 'grpc' : 'http',
    })

    const { code, stdout, stderr } = await run({
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_NODE_EXIT_TIMEOUT: '100',
      // Each of these alone would keep it beyond the patience of this test.
      OTEL_EXPORTER_OTLP_TIMEOUT: '60000',
      OTEL_BSP_EXPORT_TIMEOUT: '60000',
      OTEL_BLRP_EXPORT_TIMEOUT: '60000',
    })

    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    expect(stderr.match(/lost \d+ \(exit_deadline\)/g)).toHaveLength(3)
  },
)

function run(env: Record<string, string>): Promise<AppResult> {
  return runApp({
    file: app,
    nodeOptions: ['--import', '@org/otel/register'],
    env: { OTEL_SERVICE_NAME: 'three', ...env },
  })
}
