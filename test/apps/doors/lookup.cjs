// Two operations that only instrumentations of optional packages see.
const { lookup } = require('node:dns')
const { readdir } = require('node:fs')

lookup('localhost', () => {})
readdir(__dirname, () => {})
