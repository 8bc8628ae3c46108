import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { createTransport } from './create-transport.ts'
import type { Outcome } from './outcome.ts'
import type { Sender } from './sender.ts'
import type { Answer, Target } from './transport.ts'

/** The official exporter, and what it sends with. */
export interface ZipkinExporter {
  _send: (zipkinSpans: unknown, done: (result: { code: number }) => void) => void
  export(spans: readonly ReadableSpan[], done: () => void): void
}

/**
 * The official exporter puts spans into Zipkin's words, and our transport carries them: its own requests know no
 * deadline and hold the process.
 */
export function createZipkinSender(exporter: ZipkinExporter, url: string, userAgent: string): Sender<ReadableSpan[]> {
  const target: Target = {
    protocol: 'http/json',
    url,
    headers: {},
    compression: 'none',
    tls: {},
    grpcPath: '',
    userAgent,
  }
  const transport = createTransport(target)

  function write(spans: readonly ReadableSpan[]): Uint8Array {
    let body: Uint8Array | undefined
    exporter._send = (zipkinSpans, done) => {
      body = Buffer.from(JSON.stringify(zipkinSpans))
      done({ code: 0 })
    }
    exporter.export(spans, () => {})
    if (body === undefined) throw new Error('the Zipkin exporter wrote nothing')
    return body
  }

  const read = (answer: Answer): Outcome => (answer.kind === 'accepted' ? { kind: 'sent', rejected: 0 } : answer)
  return {
    send: async (spans, timeoutMs) => read(await transport.send(write(spans), timeoutMs)),
    prepare: spans => ({ kind: 'parcel', target, body: write(spans), read }),
    abandon: () => transport.abandon(),
  }
}
