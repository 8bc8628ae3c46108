import { readFileSync } from 'node:fs'
import * as os from 'node:os'
import { resolveConfig } from './config/resolve-config.ts'
import { leadSdkMessages } from './diagnostics/lead-sdk-messages.ts'
import { createProblem } from './diagnostics/problems.ts'
import { createReporter } from './diagnostics/reporter.ts'
import { createExporters } from './exporters/create-exporters.ts'
import { installInstrumentations } from './instrumentations/install.ts'
import { createHandle, createInertHandle } from './lifecycle/create-handle.ts'
import { installLeaving } from './lifecycle/install-leaving.ts'
import { claimApi } from './providers/claim-api.ts'
import { createSignals } from './providers/create-signals.ts'
import { createResource } from './resource/create-resource.ts'
import { randomUuid } from './resource/random-uuid.ts'
import type { Setup } from './runtime.ts'
import { setupFromFile } from './setup-from-file.ts'
import { userAgent, version } from './version.ts'

const readFile = (path: string): Buffer => readFileSync(path)

/** The whole story: environment and options in, running telemetry out. Everything is built before anything is touched. */
export const setup: Setup = (place, runtime) => {
  const { options = {} } = runtime
  const { env, carrier } = place
  const isThread = place.role === 'thread'
  const { config, problems } = resolveConfig({ env, options, readFile, isThread })
  const reporter = createReporter({ level: config.logLevel, logger: config.code.logger })
  const report = (runtime.report = reporter.report)
  problems.forEach(report)
  if (!claimApi(runtime.meterProxy, report)) return createInertHandle('conflict')
  if (config.configFile !== undefined) return setupFromFile(config.configFile, config, place, runtime, reporter)
  leadSdkMessages(reporter, config.logLevel)

  const named = createResource({ config, version, place, process, os, readFile, createId: randomUuid })
  named.problems.forEach(report)
  const exporters = createExporters({ config, userAgent, report })
  const { resource } = named
  const signals = createSignals({ config, carrier, resource, exporters, beforehand: runtime, report })
  if (!signals.install()) {
    report(createProblem('setup-failed', { reason: '@opentelemetry/api takes no registration' }))
    return createInertHandle('conflict')
  }

  const { exitTimeoutMs } = config
  const leaving = installLeaving({
    exitTimeoutMs,
    flush: () => signals.flush(exitTimeoutMs),
    foreign: signals.flushForeign,
    lastWords: timeoutMs => exporters.sayLastWords(timeoutMs, signals.collectLast),
  })
  const { flush } = leaving
  const { providers } = signals
  const stopWatching = installInstrumentations({ config, inherited: env, providers, flush, report })
  const close = (): void => [leaving.undo, exporters.close].forEach(act => act())
  return createHandle({ signals, exitTimeoutMs, health: exporters.health, stopWatching, close })
}
