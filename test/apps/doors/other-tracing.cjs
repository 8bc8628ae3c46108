// Tracing alone, put together by hand in CommonJS.
const { trace } = require('@opentelemetry/api')
const { OTLPTraceExporter } = require('@opentelemetry/exporter-trace-otlp-proto')
const { resourceFromAttributes } = require('@opentelemetry/resources')
const { BatchSpanProcessor, TracerProvider } = require('@opentelemetry/sdk-trace')

const provider = new TracerProvider({
  resource: resourceFromAttributes({ 'service.name': 'other' }),
  spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
})

exports.start = () => trace.setGlobalTracerProvider(provider)
exports.stop = () => provider.shutdown()
