// Two operations that only instrumentations of optional packages see, and a metric that needs none of them.
const { lookup } = require('node:dns')
const { readdir } = require('node:fs')

require('@opentelemetry/api').metrics.getMeter('app').createCounter('lookups').add(1)
lookup('localhost', () => {})
readdir(__dirname, () => {})
