// Each job tells by its name how it ends.
import { trace } from '@opentelemetry/api'

class OutOfStock extends Error {
  name = 'OutOfStock'
}

const ends = {
  throws: () => {
    throw new RangeError('no')
  },
  'throws-later': () => {
    setImmediate(() => {
      throw new TypeError('late')
    })
  },
  rejects: () => void Promise.reject(new OutOfStock('nobody waits')),
  exits: () => process.exit(3),
  kills: () => process.kill(process.pid, 'SIGKILL'),
}

export default async function fail({ name }) {
  trace.getTracer('app').startSpan('before the end').end()
  ends[name]()
  await new Promise(() => {})
}
