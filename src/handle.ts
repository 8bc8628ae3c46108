/**
 * Where telemetry stands in this process.
 * - `active`: recording and exporting.
 * - `deferred`: prepared, waits for `start()`.
 * - `disabled`: switched off by `OTEL_SDK_DISABLED`.
 * - `unsupported`: this Node.js is too old.
 * - `conflict`: another OpenTelemetry SDK registered itself first and stays in charge.
 * - `failed`: our own set-up failed; the reason is on stderr and the app runs without telemetry.
 * - `stopped`: after `shutdown()`.
 */
export type OtelStatus = 'active' | 'deferred' | 'disabled' | 'unsupported' | 'conflict' | 'failed' | 'stopped'

/** What became of one signal's records. */
export interface SignalHealth {
  /** Records that the collector accepted (spans, metric data points, log records). */
  readonly sent: number
  /** Records that could not be delivered. */
  readonly failed: number
  /** Why the last failed export failed. */
  readonly lastError: string | undefined
  /** When the last export succeeded. */
  readonly lastSuccess: Date | undefined
}

export interface OtelHealth {
  readonly status: OtelStatus
  readonly traces: SignalHealth
  readonly metrics: SignalHealth
  readonly logs: SignalHealth
}

/** The telemetry of this process. There is one, whatever number of times `setupOtel()` is called. */
export interface OtelHandle extends AsyncDisposable {
  readonly status: OtelStatus
  /** Begins now where set-up was deferred; does nothing anywhere else. */
  start(): void
  /**
   * Sends what is queued. Resolves when everything was sent or given up, and after `timeoutMs` at the latest
   * (default: the exit timeout, 1000). Never rejects.
   */
  flush(timeoutMs?: number): Promise<void>
  /** Sends what is queued, then stops for good. Same deadline as `flush`; calls share one shutdown. Never rejects. */
  shutdown(timeoutMs?: number): Promise<void>
  /** What was sent and what was lost so far: plain data, taken now. */
  health(): OtelHealth
}
