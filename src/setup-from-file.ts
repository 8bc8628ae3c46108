import type { Config } from './config/config.ts'
import { leadSdkMessages } from './diagnostics/lead-sdk-messages.ts'
import type { Reporter } from './diagnostics/reporter.ts'
import type { OtelHandle } from './handle.ts'
import { installInstrumentations } from './instrumentations/install.ts'
import { createHandle, createInertHandle, noHealth } from './lifecycle/create-handle.ts'
import type { Place } from './lifecycle/find-place.ts'
import { installLeaving } from './lifecycle/install-leaving.ts'
import { createSignalsFromFile } from './providers/create-signals-from-file.ts'
import type { Beforehand } from './providers/beforehand.ts'

/** The same story where a declarative configuration file says what is recorded and where it goes. */
export function setupFromFile(
  file: string,
  config: Config,
  place: Place,
  beforehand: Beforehand,
  reporter: Reporter,
): OtelHandle {
  const signals = createSignalsFromFile(
    file,
    beforehand,
    config.processPropagation ? place.carrier : {},
    reporter.report,
  )
  leadSdkMessages(reporter, config.logLevel)
  if (signals === undefined) return createInertHandle('failed')
  const { exitTimeoutMs } = config
  const flush = (): Promise<void> => signals.flush(exitTimeoutMs)
  // The exporters of the file are not ours: they know no end without promises, and nobody counts for us what they send.
  const leaving = installLeaving({ flush, foreign: flush, lastWords() {}, exitTimeoutMs })
  const stopWatching = installInstrumentations({
    config,
    inherited: place.env,
    providers: signals.providers,
    flush: leaving.flush,
    report: reporter.report,
  })
  return createHandle({ signals, exitTimeoutMs, health: () => noHealth, stopWatching, close: leaving.undo })
}
