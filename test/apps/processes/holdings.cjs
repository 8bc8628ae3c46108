// Prints what this process holds, listens to and has loaded, as anybody could see it.
const patched = ['emit', 'reallyExit', '_kill', '_fatalException'].map(name => [
  name,
  Object.getOwnPropertyDescriptor(process, name)?.get,
])
const channels = ['http.client.request.start', 'http.server.request.start', 'undici:request:create']
const { channel } = require('node:diagnostics_channel')
const { getEnvironmentData } = require('node:worker_threads')

setImmediate(() => {
  console.log(
    JSON.stringify({
      resources: process.getActiveResourcesInfo(),
      listeners: process.eventNames().map(name => [String(name), process.listenerCount(name)]),
      patched: patched.filter(([, get]) => get !== undefined),
      channels: channels.filter(name => channel(name).hasSubscribers),
      toThreads: getEnvironmentData('@org/otel') ?? null,
      env: Object.keys(process.env)
        .filter(name => name !== 'NODE_OPTIONS')
        .toSorted(),
      ours: Object.keys(require.cache).filter(file => /dist.(setup|instrumentations)/.test(file)),
    }),
  )
})
