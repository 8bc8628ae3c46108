/**
 * Where telemetry stands in this process.
 * - `active`: recording and exporting.
 * - `deferred`: waits for `start()` or `setupOtel()`, because it was told to, or because this is npm, PM2 or another
 *   program that only runs the app.
 * - `disabled`: switched off by `OTEL_SDK_DISABLED`.
 * - `unsupported`: this Node.js is too old.
 * - `conflict`: another OpenTelemetry SDK registered itself first and stays in charge.
 * - `failed`: our own set-up failed; the reason is on stderr and the app runs without telemetry.
 * - `stopped`: after `shutdown()`.
 */
export type OtelStatus = 'active' | 'deferred' | 'disabled' | 'unsupported' | 'conflict' | 'failed' | 'stopped'

/** Why records were lost. docs/troubleshooting.md tells what to do about each. */
export type DropReason =
  /** More records waited than `OTEL_BSP_MAX_QUEUE_SIZE` or `OTEL_BLRP_MAX_QUEUE_SIZE` allows. */
  | 'queue_full'
  /** The collector refused them for good. */
  | 'rejected'
  /** The exporter failed by itself, or could not write them. */
  | 'export_failed'
  /** At the end of the process the collector had not answered in time, */
  | 'timeout'
  /** could not be reached, */
  | 'unreachable'
  /** or said that it cannot take anything now. */
  | 'unavailable'
  /** The exit timeout was over. */
  | 'exit_deadline'
  /** A collection of metrics that was not delivered; the next one says all that it said. */
  | 'superseded'

/**
 * What became of one signal's records: spans, metric data points, log records. At any quiet moment
 * `ended === sent + dropped + queued`. Where a signal has several exporters, each counts for itself.
 */
export interface SignalHealth {
  /** Records handed over for export. */
  readonly ended: number
  /** Records that the collector accepted. */
  readonly sent: number
  /** Records that were lost, or replaced by newer ones. */
  readonly dropped: number
  /** The same by reason. */
  readonly droppedByReason: Readonly<Partial<Record<DropReason, number>>>
  /** Records that wait or are under way. */
  readonly queued: number
  /**
   * `failing`: the last export failed. `paused`: after repeated failures, or because the collector asked for it, only
   * a probe is sent now and then; the queue goes out as soon as one succeeds.
   */
  readonly state: 'ok' | 'failing' | 'paused'
  /** Why the last export that failed did. */
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
  /** Begins now where the status is `deferred`; does nothing anywhere else. */
  start(): void
  /**
   * Sends what is queued, and waits for what is under way. Resolves when all of it is settled or the collector cannot
   * be had at the moment, and after `timeoutMs` at the latest (default: the exit timeout, 1000); what was not sent stays
   * queued. Never rejects.
   */
  flush(timeoutMs?: number): Promise<void>
  /**
   * Sends what is queued, then stops for good: what is left then is lost and counted. Same deadline as `flush`; calls
   * share one shutdown. Never rejects.
   */
  shutdown(timeoutMs?: number): Promise<void>
  /** What was sent and what was lost so far: plain data, taken now. */
  health(): OtelHealth
}
