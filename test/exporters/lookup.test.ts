import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { runApp } from '../harness/app.ts'
import { nodeBinary } from '../harness/node-binary.ts'
import { tempFolder } from '../harness/temp-folder.ts'
import { bundleProgram } from './bundle-program.ts'

/** A network and a view of the files of its own, where the tests may have that. */
const apart = ['unshare', '--map-root-user', '--mount', '--net', 'sh', '-c']
const enter =
  'ip link set lo up && mount --bind "$0/resolv.conf" /etc/resolv.conf && mount --bind "$0/hosts" /etc/hosts'
const isPossible = spawnSync(apart[0]!, [...apart.slice(1), enter, systemFiles()]).status === 0

/** Looks up the names, one after the other, while a name server listens that answers as it is told. */
const source = `
import { createSocket } from 'node:dgram'
import { lookup } from '../../src/exporters/lookup.ts'

const [answering, ...names] = process.argv.slice(2)
const server = createSocket('udp4').bind(53, '127.0.0.1')
await new Promise(resolve => server.on('listening', resolve))
server.unref()
let queries = 0
server.on('message', (query, from) => {
  queries++
  const name = query.subarray(12, query.indexOf(0, 12) + 1)
  const labels = name.toString('latin1')
  if (!labels.includes(answering)) return
  const isA = query.readUInt16BE(12 + name.length) === 1
  const answer = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 7])
  const header = Buffer.from([query[0], query[1], 0x81, 0x80, 0, 1, 0, isA ? 1 : 0, 0, 0, 0, 0])
  server.send(Buffer.concat([header, query.subarray(12, 16 + name.length), ...(isA ? [answer] : [])]), from.port, from.address)
})
for (const name of names) {
  const begin = performance.now()
  const found = await new Promise(resolve =>
    lookup(name, { all: true }, (error, addresses) => resolve(error?.message ?? addresses.map(({ address }) => address).join())),
  )
  console.log(name, found, queries > 0 ? 'asked' : 'not asked')
}
`

let file: string
beforeAll(async () => {
  file = await bundleProgram(source)
})

function systemFiles(): string {
  const folder = tempFolder()
  writeFileSync(join(folder, 'resolv.conf'), 'nameserver 127.0.0.1\nsearch cluster.test\n')
  writeFileSync(join(folder, 'hosts'), '127.0.0.1 localhost\n127.0.0.9 other Known.test # comment\n')
  return folder
}

function look(answering: string, ...names: string[]) {
  const [node, ...args] = apart as [string, ...string[]]
  const command = `${enter} && exec "$@"`
  return runApp({
    node,
    args: [...args, command, systemFiles(), nodeBinary(), file, answering, ...names],
    env: { PATH: process.env['PATH'] ?? '' },
    timeoutMs: 8000, // the system's own lookup takes 10 s
  })
}

test.skipIf(!isPossible)('a silent name server is given up, and does not hold the process', async () => {
  const { stdout } = await look('nothing at all', 'collector.test')
  expect(stdout).toBe('collector.test the name server does not answer for collector.test asked\n')
})

test.skipIf(!isPossible)('what the file of hosts knows needs no name server', async () => {
  const { stdout } = await look('nothing at all', 'localhost', 'known.test', 'other')
  const lines = ['localhost 127.0.0.1 not asked', 'known.test 127.0.0.9 not asked', 'other 127.0.0.9 not asked', '']
  expect(stdout).toBe(lines.join('\n'))
})

test.skipIf(!isPossible)('what the name server knows is found', async () => {
  expect(await look('collector', 'collector.test')).toMatchObject({ stdout: 'collector.test 127.0.0.7 asked\n' })
})

test.skipIf(!isPossible)('a name of the cluster is found, also where the server is silent about the rest', async () => {
  expect(await look('cluster', 'collector')).toMatchObject({ stdout: 'collector 127.0.0.7 asked\n' })
})
