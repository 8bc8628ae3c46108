// The same in an ES module, which holds the functions before anybody can replace them.
import { lookup } from 'node:dns'
import { readdir } from 'node:fs'

lookup('localhost', () => {})
readdir(import.meta.dirname, () => {})
