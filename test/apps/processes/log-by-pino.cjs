// Logs by a transport thread of pino, and ends.
const pino = require('pino')
pino(pino.transport({ target: 'pino/file', options: { destination: 1 } })).info('by a thread')
