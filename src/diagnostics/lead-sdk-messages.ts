import { diag } from '@opentelemetry/api'
import { setGlobalErrorHandler } from '@opentelemetry/core'
import { describeThrown } from './describe-thrown.ts'
import { createDiagLogger, diagLevels } from './diag-logger.ts'
import type { LogLevel } from './log-level.ts'
import type { Reporter } from './reporter.ts'

/** Whatever the SDK in our bundle has to say goes through our reporter. */
export function leadSdkMessages(reporter: Reporter, level: LogLevel): void {
  diag.setLogger(createDiagLogger(reporter), { logLevel: diagLevels[level], suppressOverrideMessage: true })
  // Failed exports come here a second time: their own exporter has told of them.
  setGlobalErrorHandler(error => reporter.debug(`OpenTelemetry: ${describeThrown(error)}`))
}
