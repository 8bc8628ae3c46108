// What a library of the app does: everything is made while the file is loaded, and used later.
import { logs, metrics, SeverityNumber, trace } from '@opentelemetry/api'

const meter = metrics.getMeter('early')
const counter = meter.createCounter('early.counter')
const upDownCounter = meter.createUpDownCounter('early.up_down_counter')
const histogram = meter.createHistogram('early.histogram')
const gauge = meter.createGauge('early.gauge')
meter.createObservableGauge('early.observable').addCallback(result => result.observe(5))
const [left, right] = ['left', 'right'].map(side => meter.createObservableCounter(`early.batch.${side}`))
meter.addBatchObservableCallback(
  result => {
    result.observe(left, 6)
    result.observe(right, 7)
  },
  [left, right],
)
const tracer = trace.getTracer('early')
const logger = logs.getLogger('early')

export function record() {
  counter.add(1)
  upDownCounter.add(2)
  histogram.record(3)
  gauge.record(4)
  tracer.startActiveSpan('early', span => {
    logger.emit({ severityNumber: SeverityNumber.INFO, body: 'early' })
    span.end()
  })
}
