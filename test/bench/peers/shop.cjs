// A service whose request does one query, one get from the cache and one call to a neighbour.
const http = require('node:http')
const express = require('express')
const pg = require('pg')
const { createClient } = require('redis')
const { tellUsage } = require('./usage.cjs')

const { PG_URL, REDIS_URL, NEIGHBOUR_URL, CACHE_PREFIX } = process.env
const pool = new pg.Pool({ connectionString: PG_URL, max: 10 })
const cache = createClient({ url: REDIS_URL })
const app = express()
// A product with its mean mark and its latest reviews.
const productPage = `
  SELECT p.id, p.name, p.price, m.mean, r.author, r.stars, r.words
  FROM products p JOIN reviews r ON r.product = p.id,
    (SELECT avg(stars) AS mean FROM reviews WHERE product = $1) m
  WHERE p.id = $1 ORDER BY r.at DESC LIMIT 20`

app.get('/products/:id', async (request, response) => {
  const { id } = request.params
  const { rows } = await pool.query(productPage, [id])
  const seen = await cache.get(`${CACHE_PREFIX}:seen:${id}`)
  const left = await getJson(`${NEIGHBOUR_URL}/left/${id}`)
  response.json({ id, name: rows[0].name, mean: rows[0].mean, seen, left, reviews: rows })
})

function getJson(url) {
  return new Promise((resolve, reject) => {
    const onResponse = response => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', chunk => (text += chunk))
      response.on('end', () => resolve(JSON.parse(text)))
    }
    http.get(url, onResponse).on('error', reject)
  })
}

cache.once('ready', () => {
  const server = app.listen(0, '127.0.0.1', () => {
    tellUsage(async () => {
      server.close()
      server.closeAllConnections()
      await Promise.all([pool.end(), cache.close()])
      http.globalAgent.destroy()
    })
    process.send({ answer: server.address().port })
  })
  server.keepAliveTimeout = 60_000 // where the machine is busy a connection has to wait for its turn
})
void cache.connect()
