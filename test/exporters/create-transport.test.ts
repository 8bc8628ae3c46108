import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { beforeAll, expect, test } from 'vitest'
import { runApp } from '../harness/app.ts'
import { bundleProgram } from './bundle-program.ts'
import { startGrpcCollector, startHttpCollector } from './last-words-collector.ts'

const protocols = ['http/protobuf', 'grpc'] as const
const source = `
import { createTransport } from '../../src/exporters/create-transport.ts'

const [protocol, url, times, end] = process.argv.slice(2)
const target = { protocol, url, headers: {}, compression: 'none', tls: {}, grpcPath: '/test.Service/Export', userAgent: 'test' }
const transport = createTransport(target)
for (let i = 0; i < Number(times); i++) {
  const hold = setTimeout(() => {}, 60_000)
  console.log((await transport.send(Buffer.from('spans'), 60_000)).kind)
  clearTimeout(hold)
}
if (end !== 'idle') void transport.send(Buffer.from('spans'), 60_000)
process.on('exit', () => console.log('end'))
`

let file: string
beforeAll(async () => {
  file = await bundleProgram(source)
})

test.each(protocols)('a request under way over %s does not keep the process alive', async protocol => {
  const hang = (_: string, visit: number) => (visit === 1 ? { status: 200 } : undefined)
  await using collector = await (protocol === 'grpc' ? startGrpcCollector(hang) : startHttpCollector(hang))
  const result = await runApp({ file, args: [protocol, collector.url, '1'] })
  expect(result).toEqual({ code: 0, signal: null, stdout: 'accepted\nend\n', stderr: '' })
})

test.each(protocols)('a connection over %s that is kept does not keep the process alive', async protocol => {
  await using collector = await (protocol === 'grpc' ? startGrpcCollector() : startHttpCollector())
  const result = await runApp({ file, args: [protocol, collector.url, '2', 'idle'] })
  expect(result).toEqual({ code: 0, signal: null, stdout: 'accepted\naccepted\nend\n', stderr: '' })
})

test.each(['http', 'https'] as const)("a request by %s does without Node's own client", async kind => {
  await using collector = await startHttpCollector(undefined, kind)
  const file = await bundleProgram(
    `${source}\nprocess.on('exit', () => console.log(process.moduleLoadList.filter(name => /_http_client/.test(name))))`,
  )
  const env = { NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_NO_WARNINGS: '1' }
  const { stdout } = await runApp({ file, args: ['http/protobuf', collector.url, '1', 'idle'], env })
  expect(stdout).toBe('accepted\nend\n[]\n')
})

test.each([
  ...protocols.flatMap(protocol => ['127.0.0.1', 'localhost'].map(host => [protocol, 'http', host] as const)),
  ...protocols.map(protocol => [protocol, 'https', 'localhost'] as const),
])(
  'a connection over %s to something silent does not keep the process alive: %s, %s',
  async (protocol, scheme, host) => {
    const server = createServer(socket => socket.on('error', () => {}).resume())
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const url = `${scheme}://${host}:${(server.address() as AddressInfo).port}`
    const result = await runApp({ file, args: [protocol, url, '0'] })
    expect(result).toEqual({ code: 0, signal: null, stdout: 'end\n', stderr: '' })
    server.close()
  },
)
