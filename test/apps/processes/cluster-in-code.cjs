// A cluster whose program sets up in code, and has set-up wait for a worker. The primary ends with its two workers.
const cluster = require('node:cluster')
const { setupOtel } = require('@org/otel')

const otel = setupOtel({ defer: true })
require('./hello.cjs')
console.log(cluster.isPrimary ? 'primary' : 'worker', otel.status)
if (cluster.isPrimary) [1, 2].forEach(() => cluster.fork())
else cluster.worker.disconnect()
