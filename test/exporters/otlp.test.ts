import { expect, test } from 'vitest'
import type { OtlpConfig, Protocol } from '../../src/config/config.ts'
import { createOtlpSender, traces } from '../../src/exporters/otlp.ts'

test.each<Protocol>(['http/protobuf', 'http/json', 'grpc'])(
  'what a collector says of a request that it took quotes no secret of ours either, over %s',
  protocol => {
    const config: OtlpConfig = {
      protocol,
      url: 'https://collector/v1/traces?key=query-secret',
      headers: { authorization: 'Bearer header-secret' },
      timeoutMs: 1000,
      compression: 'none',
      tls: {},
    }
    const partialSuccess = {
      rejectedSpans: '1',
      errorMessage: `Bearer header-secret has no right to ${config.url}\n${'x'.repeat(1_000_000)}`,
    }

    const parcel = createOtlpSender(traces, config, 'test').prepare([])

    if (parcel.kind !== 'parcel') throw new Error(parcel.kind)
    const body = Buffer.from(JSON.stringify({ partialSuccess }))
    const outcome = parcel.read({ kind: 'accepted', body })
    expect(outcome).toMatchObject({ kind: 'sent', rejected: 1, words: expect.stringContaining('[hidden]') })
    expect(outcome.words).not.toContain('secret')
    expect(outcome.words!.length).toBeLessThan(300)
  },
)
