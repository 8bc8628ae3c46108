import { type MetricProducer, MetricReader, type ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { collectNow } from './collect-now.ts'
import { CallbackError, collectWithin } from './collect-within.ts'
import { hasNews } from './has-news.ts'

/** Where collections go. Neither throws nor rejects. */
export interface MetricDelivery {
  push(metrics: ResourceMetrics): void
  /** Resolves when what was pushed has been delivered or given up. */
  flush(timeoutMs?: number): Promise<void>
}

export interface PeriodicReaderOptions {
  readonly delivery: MetricDelivery
  readonly intervalMs: number
  /** For the app's asynchronous callbacks; those that take longer have no values in this collection. */
  readonly timeoutMs: number
  /** Told once for each callback of the app that fails, with the names of its instruments. */
  readonly onError: (instruments: string, reason: unknown) => void
}

/**
 * Collects at an interval and pushes to a delivery. The SDK's own waits for each export before it collects again, and
 * holds the process with timers while it does.
 */
export class PeriodicReader extends MetricReader {
  readonly #options: PeriodicReaderOptions
  readonly #told = new Set<string>()
  #producer: MetricProducer | undefined
  #timer: NodeJS.Timeout | undefined
  #collection: Promise<void> | undefined
  /** The one after it. */
  #next: Promise<void> | undefined
  /** The last one that was handed over. */
  #pushed: ResourceMetrics | undefined
  #isOver = false
  #ending: Promise<void> | undefined

  constructor(options: PeriodicReaderOptions) {
    super({ otelComponentType: 'periodic_metric_reader' })
    this.#options = options
  }

  /**
   * The last collection before the process ends, at once. Undefined where it has no news of the app since the one before,
   * and after a shutdown, which has collected for the last time.
   */
  collectLast(): ResourceMetrics | undefined {
    if (this.#producer === undefined || this.#isOver) return undefined
    const collected = collectNow(this.#producer)
    return hasNews(collected, this.#pushed) ? collected : undefined
  }

  override setMetricProducer(producer: MetricProducer): void {
    super.setMetricProducer({ collect: () => collectWithin(producer, this.#options.timeoutMs) })
    this.#producer = producer
  }

  protected override onInitialized(): void {
    this.#timer = setInterval(() => {
      if (this.#collection === undefined) void this.#collectInTurn()
    }, this.#options.intervalMs).unref()
  }

  /** Collects and delivers what there is, within a time that the SDK's `forceFlush()` does not know. */
  async flush(timeoutMs: number): Promise<void> {
    const { delivery } = this.#options
    if (this.#isOver) return
    const isCollected = await isDoneWithin(timeoutMs / 2, this.#collectInTurn())
    // A callback of the app keeps it waiting: the others are not to pay for that.
    if (!isCollected && this.#producer !== undefined) this.#push(collectNow(this.#producer))
    await delivery.flush(timeoutMs)
  }

  /** The same for good. */
  end(timeoutMs?: number): Promise<void> {
    clearInterval(this.#timer)
    const flushed = (): Promise<void> => (timeoutMs === undefined ? this.onForceFlush() : this.flush(timeoutMs))
    return (this.#ending ??= flushed().finally(() => (this.#isOver = true)))
  }

  protected override async onForceFlush(): Promise<void> {
    if (this.#isOver) return
    await this.#collectInTurn()
    await this.#options.delivery.flush()
  }

  protected override onShutdown(): Promise<void> {
    return this.end()
  }

  /**
   * A collection that is under way may have read already: what was recorded since needs another, after it. One that has
   * not begun serves all who ask.
   */
  #collectInTurn(): Promise<void> {
    this.#next ??= (this.#collection ?? Promise.resolve()).then(() => {
      this.#next = undefined
      return (this.#collection = this.#collectAndPush().finally(() => (this.#collection = undefined)))
    })
    return this.#next
  }

  async #collectAndPush(): Promise<void> {
    try {
      const { resourceMetrics, errors } = await this.collect()
      for (const error of errors) this.#tell(error)
      if (resourceMetrics.scopeMetrics.length > 0) this.#push(resourceMetrics)
    } catch (error) {
      this.#tell(error)
    }
  }

  #push(collected: ResourceMetrics): void {
    this.#pushed = collected
    this.#options.delivery.push(collected)
  }

  #tell(error: unknown): void {
    const instruments = error instanceof CallbackError ? error.instruments : 'all instruments'
    if (this.#told.has(instruments)) return
    this.#told.add(instruments)
    this.#options.onError(instruments, error instanceof CallbackError ? error.cause : error)
  }
}

function isDoneWithin(timeoutMs: number, work: Promise<void>): Promise<boolean> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, timeoutMs, false).unref()
    void work.finally(() => {
      clearTimeout(timer)
      resolve(true)
    })
  })
}
