// A service as many are: how long it takes until it has answered its first request.
const http = require('node:http')
const express = require('express')
require('pg')
require('redis')
require('ioredis')
const { tellStart } = require('./tell-start.cjs')

const app = express()
app.get('/users/:id', (request, response) => response.json({ id: request.params.id }))
const server = app.listen(0, '127.0.0.1', () => {
  http.get({ port: server.address().port, host: '127.0.0.1', path: '/users/17' }, response => {
    response.resume().on('end', tellStart)
  })
})
