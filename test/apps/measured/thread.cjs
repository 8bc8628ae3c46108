// Runs the service in a thread, with the flags that follow on its command line. Telemetry is in the thread alone, if at all.
const { join } = require('node:path')
const { Worker } = require('node:worker_threads')

console.log('host', totalCpu())
const worker = new Worker(join(__dirname, 'service.cjs'), { stdin: true, execArgv: process.argv.slice(2) })
process.stdin.pipe(worker.stdin)
worker.on('exit', () => process.exit())

function totalCpu() {
  const { user, system } = process.cpuUsage()
  return user + system
}
