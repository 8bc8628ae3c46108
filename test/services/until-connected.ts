import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout } from 'node:timers/promises'

const retryMs = 10

/** Resolves when somebody listens on the port of 127.0.0.1; rejects when nobody does for five seconds. */
export async function untilConnected(port: number): Promise<void> {
  const deadline = Date.now() + 5000
  for (;;) {
    const socket = connect(port, '127.0.0.1')
    try {
      await once(socket, 'connect')
      return
    } catch (error) {
      if (Date.now() > deadline) throw error
      await setTimeout(retryMs)
    } finally {
      socket.destroy()
    }
  }
}
