const { setupOtel } = require('@org/otel')

setupOtel()
module.exports = require('./processor.cjs')
