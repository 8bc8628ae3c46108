// All that the app of these tests does. That it runs is heard by what is preloaded with it: hello.cjs.
console.log('worked')
require('node:cluster').worker?.disconnect() // it would stay for its channel
