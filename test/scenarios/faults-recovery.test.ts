import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { OtelHealth } from '../../src/handle.ts'
import { type Behaviour, type FaultServer, startFaultServer } from '../harness/fault-server.ts'
import { audit, type Service, signals, startService } from '../harness/service.ts'

const burst = { spans: 100, logRecords: 50, counts: 1 }

describe.concurrent('what waited in the queue goes out without help when the collector comes back from', () => {
  test.each<[Behaviour, string]>([
    ['refuse', 'http/protobuf'],
    ['hang', 'http/protobuf'],
    ['drip-head', 'http/protobuf'],
    ['reset', 'http/protobuf'],
    ['503', 'http/protobuf'],
    ['429 for 1 s', 'http/protobuf'],
    ['refuse', 'http/json'],
    ['hang', 'http/json'],
    ['refuse', 'grpc'],
    ['hang', 'grpc'],
    ['reset', 'grpc'],
    ['unavailable', 'grpc'],
  ])('%s, %s', { timeout: 60_000 }, async (behaviour, protocol) => {
    await using server = await startFaultServer({ behaviour, protocol: protocol === 'grpc' ? 'grpc' : 'http' })
    await using service = await startService({
      OTEL_EXPORTER_OTLP_ENDPOINT: server.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      ...(['hang', 'drip-head'].includes(behaviour) && { OTEL_EXPORTER_OTLP_TIMEOUT: '2000' }),
    })
    for (let i = 0; i < 3; i++) await service.record(burst)
    await until(service, health => signals.every(signal => health[signal].state !== 'ok'))
    expect(server.spans()).toEqual([])

    await server.behave('ok')
    await server.waitFor(hasAll(service), 30_000)
    await until(service, health => signals.every(signal => health[signal].state === 'ok'))
    await service.record(burst)
    await server.waitFor(hasAll(service))
    const { health } = await service.shutdown(1000)
    const { code, stdout, stderr } = await service.end()

    expect({ code, stdout }).toEqual({ code: 0, stdout: service.expectedStdout })
    expect(audit(health, service.recorded)).toEqual([])
    // Exactly once, and nothing was lost: a failed collection of metrics is in a later one.
    const { spans, logRecords } = service.recorded
    expect(server.spans()).toHaveLength(spans)
    expect(server.logs()).toHaveLength(logRecords)
    expect(health.traces).toMatchObject({ sent: spans, dropped: 0, queued: 0, state: 'ok' })
    expect(health.logs).toMatchObject({ sent: logRecords, dropped: 0, queued: 0, state: 'ok' })
    expect(Object.keys(health.metrics.droppedByReason).filter(reason => reason !== 'superseded')).toEqual([])
    expect(lastCount(server)).toBe(service.recorded.counts)
    for (const signal of signals) {
      expect(linesAbout(stderr, signal)).toMatchObject(
        [/cannot be delivered/, /again/].map(words => expect.stringMatching(words)),
      )
    }
    expect(stderr.match(/^/gm)).toHaveLength(2 * signals.length + 1)
  })
})

describe.concurrent('knocking', () => {
  test('stops until the time that the collector asked for', { timeout: 60_000 }, async () => {
    await using server = await startFaultServer({ behaviour: '429 for 60 s' })
    await using service = await startService({ OTEL_EXPORTER_OTLP_ENDPOINT: server.url })
    await service.record(burst)
    await until(service, health => signals.every(signal => health[signal].state === 'paused'))
    for (let i = 0; i < 15; i++) {
      await service.record(burst)
      await service.flush(100)
      await sleep(100)
    }
    expect(
      server
        .knocks()
        .map(({ signal }) => signal)
        .toSorted(),
    ).toEqual(signals.toSorted())
    await service.shutdown(1000)
  })

  test.each<[Behaviour, readonly number[]]>([
    ['429 for 1 s', [1000, 1000]],
    ['503', [160, 320, 640, 1280]],
    ['400', [0, 0, 640, 1280]],
  ])('goes on after a pause: %s', { timeout: 60_000 }, async (behaviour, shortestMs) => {
    await using server = await startFaultServer({ behaviour })
    await using service = await startService({ OTEL_EXPORTER_OTLP_ENDPOINT: server.url })
    const times = () => server.knocks().flatMap(({ signal, atMs }) => (signal === 'traces' ? atMs : []))
    while (times().length <= shortestMs.length) {
      await service.record(burst)
      await sleep(50)
    }
    const pauses = times()
      .slice(1)
      .map((time, index) => time - times()[index]!)
    // The first request is seen late, after its connection.
    for (const [index, shortest] of shortestMs.entries()) expect(pauses[index]).toBeGreaterThan(shortest - 150)
    await service.shutdown(1000)
  })
})

function hasAll(service: Service): (server: FaultServer) => boolean {
  const { spans, logRecords, counts } = service.recorded
  return server =>
    new Set(server.spans().map(({ spanId }) => spanId)).size === spans &&
    server.logs().length >= logRecords &&
    lastCount(server) === counts
}

/** Counters are cumulative: the newest has everything. */
function lastCount(server: FaultServer): number | undefined {
  return server.metrics().findLast(({ name }) => name === 'service.counter')?.points[0]?.value
}

async function until(service: Service, isTrue: (health: OtelHealth) => boolean): Promise<void> {
  for (let i = 0; i < 300; i++) {
    const health = await service.health()
    expect(audit(health, service.recorded)).toEqual([])
    if (isTrue(health)) return
    await sleep(100)
  }
  throw new Error(`${isTrue} never came true: ${JSON.stringify(await service.health(), null, 2)}`)
}

function linesAbout(stderr: string, signal: string): string[] {
  return stderr.split('\n').filter(line => line.startsWith(`[@org/otel] ${signal} `))
}
