import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import * as os from 'node:os'
import { resolveConfig } from './config/resolve-config.ts'
import { leadSdkMessages } from './diagnostics/lead-sdk-messages.ts'
import { createReporter } from './diagnostics/reporter.ts'
import { createExporters } from './exporters/create-exporters.ts'
import { installInstrumentations } from './instrumentations/install.ts'
import { createDeferredHandle, createHandle, createInertHandle } from './lifecycle/create-handle.ts'
import { installExitFlush } from './lifecycle/exit.ts'
import { claimApi } from './providers/claim-api.ts'
import { createSignals } from './providers/create-signals.ts'
import { createResource } from './resource/create-resource.ts'
import type { Setup } from './runtime.ts'
import { setupFromFile } from './setup-from-file.ts'
import { userAgent, version } from './version.ts'

const readFile = (path: string): Buffer => readFileSync(path)

/** The whole story: environment and options in, running telemetry out. Everything is built before anything is touched. */
export const setup: Setup = (env, runtime) => {
  const { options = {}, meterProxy } = runtime
  const { config, problems } = resolveConfig({ env, options, readFile })
  if (config.defer && !config.disabled) {
    return createDeferredHandle(() => setup(env, { ...runtime, options: { ...runtime.options, defer: false } }))
  }
  const reporter = createReporter({ level: config.logLevel, logger: config.code.logger })
  const { report } = reporter
  problems.forEach(report)
  if (config.disabled) return createInertHandle('disabled')
  if (!claimApi(meterProxy, report)) return createInertHandle('conflict')
  if (config.configFile !== undefined) return setupFromFile(config.configFile, config, meterProxy, reporter)
  leadSdkMessages(reporter, config.logLevel)

  const named = createResource({ config, version, process, os, readFile, createId: randomUUID })
  named.problems.forEach(report)
  const exporters = createExporters({ config, userAgent, report })
  const signals = createSignals({ config, resource: named.resource, exporters, meterProxy })
  if (!signals.install()) return createInertHandle('conflict')

  const undo = [
    installInstrumentations({ config, providers: signals.providers, report }),
    installExitFlush(() => handle.flush()),
  ]
  const handle = createHandle({
    pipelines: signals.pipelines,
    exitTimeoutMs: config.exitTimeoutMs,
    signals: () => exporters.ledgers,
    uninstall: () => undo.forEach(act => act()),
  })
  return handle
}
