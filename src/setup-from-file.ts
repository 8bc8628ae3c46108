import type { Config } from './config/config.ts'
import { leadSdkMessages } from './diagnostics/lead-sdk-messages.ts'
import type { Reporter } from './diagnostics/reporter.ts'
import type { OtelHandle } from './handle.ts'
import { installInstrumentations } from './instrumentations/install.ts'
import { createHandle, createInertHandle } from './lifecycle/create-handle.ts'
import { installExitFlush } from './lifecycle/exit.ts'
import { createSignalsFromFile } from './providers/create-signals-from-file.ts'
import type { ProxyMeterProvider } from './providers/proxy-meter-provider.ts'

/** The same story where a declarative configuration file says what is recorded and where it goes. */
export function setupFromFile(
  file: string,
  config: Config,
  meterProxy: ProxyMeterProvider | undefined,
  reporter: Reporter,
): OtelHandle {
  const signals = createSignalsFromFile(file, meterProxy, reporter.report)
  leadSdkMessages(reporter, config.logLevel)
  if (signals === undefined) return createInertHandle('failed')
  const undo = [
    installInstrumentations({ config, providers: signals.providers, report: reporter.report }),
    installExitFlush(
      () => handle.flush(),
      () => {},
    ),
  ]
  const handle = createHandle({
    pipelines: signals.pipelines,
    exitTimeoutMs: config.exitTimeoutMs,
    signals: () => ({ traces: unknown, metrics: unknown, logs: unknown }),
    uninstall: () => undo.forEach(act => act()),
  })
  return handle
}

/** The exporters of the file are not ours: nobody counts for us what they send. */
const unknown = { sent: 0, failed: 0, lastError: undefined, lastSuccess: undefined }
