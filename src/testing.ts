/** For your own tests: an OTLP endpoint inside the test process, and what arrived at it as plain objects. */
export { startReceiver } from './receiver/receiver.ts'
export type { Receiver, ReceiverOptions, WaitOptions } from './receiver/receiver.ts'
export { formatTrace } from './receiver/format-trace.ts'
export type {
  ReceivedAttributes,
  ReceivedEvent,
  ReceivedExemplar,
  ReceivedExponentialBuckets,
  ReceivedLink,
  ReceivedLog,
  ReceivedMetric,
  ReceivedMetricType,
  ReceivedOrigin,
  ReceivedPoint,
  ReceivedRequest,
  ReceivedScope,
  ReceivedSpan,
  ReceivedSpanKind,
  ReceivedValue,
} from './receiver/received.ts'
