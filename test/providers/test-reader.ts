import type { AggregationTemporality, MetricProducer } from '@opentelemetry/sdk-metrics'
import { MetricReader } from '@opentelemetry/sdk-metrics'

/** The SDK's own way to read, and what it reads from. */
export class TestReader extends MetricReader {
  producer!: MetricProducer

  constructor(temporality?: AggregationTemporality) {
    super(temporality === undefined ? {} : { aggregationTemporalitySelector: () => temporality })
  }
  override setMetricProducer(producer: MetricProducer): void {
    super.setMetricProducer(producer)
    this.producer = producer
  }
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}
