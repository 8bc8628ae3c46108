// Lists the files that are loaded as modules, whether by `require` or by `import`.
const { registerHooks } = require('node:module')
const { fileURLToPath } = require('node:url')

const files = new Set()
registerHooks({
  load(url, context, next) {
    if (url.startsWith('file:')) files.add(fileURLToPath(url))
    return next(url, context)
  },
})
globalThis.loadedFiles = () => [...files]
