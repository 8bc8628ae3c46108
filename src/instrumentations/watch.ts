import type { LoggerProvider, MeterProvider, TracerProvider } from '@opentelemetry/api'
import type { Ending } from './bullmq/sandbox-flush.ts'

export interface WatchParts {
  /** Our defaults, and the user's over them, one by one: these may be anything. */
  readonly options: Readonly<Record<string, unknown>>
  readonly providers: {
    readonly traces: TracerProvider
    readonly metrics: MeterProvider
    readonly logs: LoggerProvider
  }
  /**
   * Whether somebody looks at the attributes of a span when it starts: a sampler or a processor of the user's. Where
   * nobody does, those of a span that is not recorded are never made.
   */
  readonly needsAttributesAtStart: boolean
  readonly ending: Ending
}

/** Begins to watch a library, loaded or not. Returns the undo. */
export type Watch = (parts: WatchParts) => () => void
