// A small Express service.
const express = require('express')
const { tellUsage } = require('./usage.cjs')

const app = express()
app.get('/users/:id', (request, response) => response.json({ id: request.params.id, name: 'Ada' }))
const server = app.listen(0, '127.0.0.1', () => {
  tellUsage(() => {
    server.close()
    server.closeAllConnections()
  })
  process.send({ answer: server.address().port })
})
