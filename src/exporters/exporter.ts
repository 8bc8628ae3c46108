import type { ExportResult } from '@opentelemetry/core'

/** What the SDK's processors and readers hand their records to, for any signal. */
export interface Exporter<Items> {
  export(items: Items, done: (result: ExportResult) => void): void
  forceFlush(): Promise<void>
  shutdown(): Promise<void>
}

export interface AbandonableExporter<Items> extends Exporter<Items> {
  /** Gives up what is under way, at once: the process is about to end. */
  abandon(): void
}
