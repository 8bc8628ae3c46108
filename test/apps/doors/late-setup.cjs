const { setupOtel } = require('@org/otel')
const { record } = require('./instruments.cjs')

setupOtel()
record()
