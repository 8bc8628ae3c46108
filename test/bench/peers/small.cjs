// A small Express service. Two routes, so that what arrives of one load is told from what arrives of another.
const express = require('express')
const { tellUsage } = require('./usage.cjs')

const app = express()
app.get('/users/:id', answer)
app.get('/people/:id', answer)
const server = app.listen(0, '127.0.0.1', () => {
  tellUsage(() => {
    server.close()
    server.closeAllConnections()
  })
  process.send({ answer: server.address().port })
})
server.keepAliveTimeout = 60_000 // where the machine is busy a connection has to wait for its turn

function answer(request, response) {
  response.json({ id: request.params.id, name: 'Ada' })
}
