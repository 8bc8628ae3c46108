import { createTransport } from '../../src/exporters/create-transport.ts'
import type { Answer, Target, Transport } from '../../src/exporters/transport.ts'

const data = new TextEncoder().encode('spans')

/** One that is abandoned at the end of a test. */
export function openTransport(
  target: Pick<Target, 'protocol' | 'url'> & Partial<Target>,
  bodyPatienceMs?: number,
): Transport & AsyncDisposable {
  const defaults = {
    headers: { 'x-team': 'a-team' },
    compression: 'none',
    tls: {},
    grpcPath: '/test.Service/Export',
    userAgent: 'test',
  } as const
  const transport = createTransport({ ...defaults, ...target }, bodyPatienceMs)
  return { ...transport, [Symbol.asyncDispose]: async () => transport.abandon() }
}

/** Sends the word `spans`. */
export function send(transport: Transport, timeoutMs = 5000): Promise<Answer> {
  return transport.send(data, timeoutMs)
}
