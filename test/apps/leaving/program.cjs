// Records, says what happens to it, and ends in the way that its first argument names.
const { writeSync } = require('node:fs')
const { isMainThread, Worker, workerData } = require('node:worker_threads')
const { logs, metrics, trace } = require('@opentelemetry/api')

const [way, signal] = isMainThread ? process.argv.slice(2) : [workerData]
const say = (...words) => writeSync(1, `${words.join(' ')}\n`)
let stay

process.on('beforeExit', () => say('beforeExit'))
process.on('exit', code => {
  say('exit', code)
  if (isMainThread && way.startsWith('thread')) return
  takeLeave()
})

let counter
let hasLeft = false
function takeLeave() {
  if (hasLeft) return
  hasLeft = true
  say('farewell')
  span('farewell')
  counter.add(1)
}
function span(name) {
  trace.getTracer('leaving').startSpan(name).end()
}
function record() {
  counter = metrics.getMeter('leaving').createCounter('leaving.counter')
  const logger = logs.getLogger('leaving')
  for (let index = 0; index < 1000; index++) span(`span ${index}`)
  for (let index = 0; index < 100; index++) logger.emit({ body: `log ${index}` })
  counter.add(41)
  say('recorded')
}
function wait() {
  stay = setInterval(() => {}, 1000)
  say('ready')
}
function handle() {
  process.once(signal, (name, number) => {
    say('handled', name, number, process.listenerCount(signal))
    clearInterval(stay)
  })
}
function setUp() {
  if (process.env.SET_UP) require('@org/otel').setupOtel()
}

const ways = {
  'natural end': record,
  'process.exit'() {
    record()
    process.exit(3)
  },
  async 'process.exit in an async function'() {
    record()
    await new Promise(resolve => setTimeout(resolve, 5))
    process.exit(4)
  },
  'process.exit in a listener of exit'() {
    record()
    process.on('exit', () => process.exit(5))
    process.on('exit', () => say('never'))
  },
  throw() {
    record()
    throw new Error('of the app')
  },
  rejection() {
    record()
    void Promise.reject(new Error('of the app'))
    setTimeout(() => say('never'), 1000)
  },
  signal() {
    record()
    wait()
  },
  'signal to itself'() {
    record()
    process.kill(process.pid, signal)
    say('never')
  },
  'handler before set-up'() {
    handle()
    setUp()
    record()
    wait()
  },
  'handler after set-up'() {
    record()
    handle()
    wait()
  },
  'handler that kills'() {
    record()
    process.once(signal, () => {
      say('handled')
      process.kill(process.pid, signal)
      say('never')
    })
    wait()
  },
  'signal-exit'() {
    const { onExit } = require('signal-exit')
    onExit((code, name) => {
      say('signal-exit', code, name)
      takeLeave()
    })
    setUp()
    record()
    wait()
  },
  'first process'() {
    record()
    for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.kill(process.pid, name)
    setTimeout(() => say('lives'), 100)
  },
  thread() {
    if (!isMainThread) return record()
    new Worker(__filename, { workerData: way }).on('exit', code => say('thread ended', code))
  },
  'thread that calls process.exit'() {
    if (isMainThread) return ways.thread()
    record()
    process.exit(6)
  },
}
if (!way.endsWith('set-up') && way !== 'signal-exit') setUp()
void ways[way]()
