// What `--require` opens. Node does so in its thread for module hooks as well, where nothing of ours has work to do.
// Written for any Node.js.
'use strict'

if (!require('worker_threads').isInternalThread) {
  require(process.features.require_module ? './preload.cjs' : './old-node.cjs')
}
