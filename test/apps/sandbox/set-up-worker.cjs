const { setupOtel } = require('@org/otel')

setupOtel()
require('./worker.cjs')
