// Learns where it is and what it is called after it was loaded, and begins then.
const { setupOtel } = require('@org/otel')

process.env.OTEL_SERVICE_NAME = 'named late'
process.env.OTEL_RESOURCE_ATTRIBUTES = 'read=late'
process.env.OTEL_EXPORTER_OTLP_ENDPOINT = process.env.ENDPOINT
delete process.env.OTEL_TRACES_SAMPLER
setupOtel()
require('./hello.cjs')
