// As many requests as a service takes, by autocannon.
const autocannon = require('autocannon')

process.on('message', async ({ port, path, seconds, connections }) => {
  const url = `http://127.0.0.1:${port}${path}`
  const result = await autocannon({ url, connections, duration: seconds })
  process.send({
    answer: { requests: result.requests.total, took: result.duration, failed: result.errors + result.non2xx },
  })
})
process.on('disconnect', () => process.exit())
process.send({ answer: true })
