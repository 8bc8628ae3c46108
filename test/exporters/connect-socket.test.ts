import { once } from 'node:events'
import { expect, test } from 'vitest'
import { connectSocket } from '../../src/exporters/connect-socket.ts'

test.each([
  ['http://127.0.0.1/', '127.0.0.1', 80],
  ['https://127.0.0.1/', '127.0.0.1', 443],
  ['http://[::1]/', '::1', 80],
  ['https://[::1]:4318/', '::1', 4318],
])('%s is at %s, port %i', async (url, ...place) => {
  const socket = connectSocket({ url, tls: {} }, {}).on('error', () => {})
  const attempt = await once(socket, 'connectionAttempt')
  expect(attempt.slice(0, 2)).toEqual(place)
  socket.destroy()
})
