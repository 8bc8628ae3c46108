import type { ExportResponse, IExporterTransport } from '@opentelemetry/otlp-exporter-base'

/** Carries a serialised request to the collector. It never rejects, and nothing of it keeps the process alive. */
export interface Transport extends IExporterTransport {
  /** `timeoutMs` is for everything, from the connection to the last byte of the answer. */
  send(data: Uint8Array, timeoutMs: number): Promise<ExportResponse>
  /** Gives up what is under way and closes the connections. What is sent later opens new ones. */
  shutdown(): void
}
