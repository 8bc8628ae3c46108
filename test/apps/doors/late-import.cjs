const { record } = require('./instruments.cjs')
const { setupOtel } = require('@org/otel')

setupOtel()
record()
