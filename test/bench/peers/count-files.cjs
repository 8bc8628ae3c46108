// Counts the files that are loaded as modules, by `require` or `import`, those of the measured program and of its libraries left out.
const { registerHooks } = require('node:module')

const files = new Set()
registerHooks({
  load(url, context, next) {
    if (url.startsWith('file:')) files.add(url.split('?', 1)[0])
    return next(url, context)
  },
})
globalThis.countedFiles = () => files.size
