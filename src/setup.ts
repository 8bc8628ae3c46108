import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import * as os from 'node:os'
import { diag } from '@opentelemetry/api'
import { setGlobalErrorHandler } from '@opentelemetry/core'
import { resolveConfig } from './config/resolve-config.ts'
import { createDiagLogger, diagLevels } from './diagnostics/diag-logger.ts'
import { createProblem } from './diagnostics/problems.ts'
import { createReporter } from './diagnostics/reporter.ts'
import { createExporters } from './exporters/create-exporters.ts'
import { installInstrumentations } from './instrumentations/install.ts'
import { createDeferredHandle, createHandle, createInertHandle } from './lifecycle/create-handle.ts'
import { installExitFlush } from './lifecycle/exit.ts'
import { findOtherSdk, installGlobals, replaceOlderApi } from './providers/install-globals.ts'
import { createLogs } from './providers/logs.ts'
import { createMetrics } from './providers/metrics.ts'
import { createPropagation } from './providers/propagators.ts'
import { createTraces } from './providers/traces.ts'
import { createResource } from './resource/create-resource.ts'
import type { Setup } from './runtime.ts'
import { userAgent, version } from './version.ts'

const readFile = (path: string): Buffer => readFileSync(path)

/** The whole story: environment and options in, running telemetry out. Everything is built before anything is touched. */
export const setup: Setup = (env, runtime) => {
  const { options = {}, meterProxy: proxy } = runtime
  const { config, problems } = resolveConfig({ env, options, readFile })
  const reporter = createReporter({ level: config.logLevel, logger: config.code.logger })
  problems.forEach(reporter.report)
  if (config.disabled) return createInertHandle('disabled')
  if (config.defer) {
    return createDeferredHandle(() => setup(env, { ...runtime, options: { ...runtime.options, defer: false } }))
  }

  const otherSdk = findOtherSdk([proxy])
  if (otherSdk !== undefined) {
    reporter.report(createProblem('other-sdk', otherSdk))
    return createInertHandle('conflict')
  }
  const olderApi = replaceOlderApi()
  if (olderApi !== undefined) reporter.report(createProblem('older-api', { found: olderApi }))
  setGlobalErrorHandler(error => reporter.debug(`OpenTelemetry: ${String(error)}`)) // failed exports have been told
  diag.setLogger(createDiagLogger(reporter), { logLevel: diagLevels[config.logLevel], suppressOverrideMessage: true })

  const { resource, problems: unnamed } = createResource({
    config,
    version,
    process,
    os,
    readFile,
    createId: randomUUID,
  })
  unnamed.forEach(reporter.report)
  const exporters = createExporters({ config, userAgent, report: reporter.report })
  const propagation = createPropagation(config)
  const traces = createTraces({ config, resource, exporters: exporters.spans })
  const { metricReaders: readers } = exporters
  const metrics = createMetrics({ config, resource, exporters: exporters.metrics, readers, proxy })
  const logs = createLogs({ config, resource, exporters: exporters.logs })
  if (!installGlobals([propagation, traces, metrics, logs])) return createInertHandle('conflict')

  const undo = [
    installInstrumentations({
      config,
      traces: traces.provider,
      metrics: metrics.provider,
      logs: logs.provider,
      report: reporter.report,
    }),
    installExitFlush(() => handle.flush()),
  ]
  const handle = createHandle({
    pipelines: [traces, metrics, logs],
    exitTimeoutMs: config.exitTimeoutMs,
    signals: () => exporters.ledgers,
    uninstall: () => undo.forEach(act => act()),
  })
  return handle
}
