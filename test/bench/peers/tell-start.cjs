// What a start took so far, on stdout; and then nothing may take longer because of a good-bye.
const { writeSync } = require('node:fs')

exports.tellStart = () => {
  const { user, system } = process.cpuUsage()
  const told = { ms: performance.now(), cpuMs: (user + system) / 1000, rss: process.memoryUsage.rss() }
  writeSync(1, `\nstart ${JSON.stringify({ ...told, files: globalThis.loadedFiles?.().length })}\n`)
  process.kill(process.pid, 'SIGKILL')
}
