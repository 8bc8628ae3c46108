// What `--require` opens. Node does so in its thread for module hooks as well, and there the older releases of ours end
// the app when an ES module is required. Written for any Node.js.
'use strict'

if (!require('worker_threads').isInternalThread) {
  require(process.features.require_module ? './register.js' : './old-node.cjs')
}
