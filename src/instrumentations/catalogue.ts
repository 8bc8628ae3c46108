import { context } from '@opentelemetry/api'
import { isTracingSuppressed } from '@opentelemetry/core'
import type { Instrumentation, InstrumentationConfig } from '@opentelemetry/instrumentation'
import { ExpressLayerType } from '@opentelemetry/instrumentation-express'
import { RuntimeNodeInstrumentation } from '@opentelemetry/instrumentation-runtime-node'
import { ATTR_URL_FULL, ATTR_URL_QUERY } from '@opentelemetry/semantic-conventions'
import { BullMQInstrumentation } from './bullmq/instrumentation.ts'
import type { Ending } from './bullmq/sandbox-flush.ts'
import { BunyanInstrumentation } from './bunyan.ts'
import { MountingExpressInstrumentation } from './express.ts'
import { WholeHttpInstrumentation } from './http.ts'
import { QuietIORedisInstrumentation } from './ioredis.ts'
import { ContextKeepingPgInstrumentation } from './pg.ts'
import { PinoInstrumentation } from './pino.ts'
import { QuietRedisInstrumentation } from './redis.ts'
import { redisCommandText } from './redis-command-text.ts'
import { secretQueryNames, withoutSecrets } from './secret-query.ts'
import { ForwardingUndiciInstrumentation } from './undici.ts'
import { WinstonInstrumentation } from './winston.ts'

export interface CatalogueEntry {
  readonly create: (options: InstrumentationConfig, ending: Ending) => Instrumentation
  /** Quiet where the library's own default is loud. A user's options go over these, one by one. */
  readonly defaults: Readonly<Record<string, unknown>>
}

/**
 * Which libraries are watched without anybody's asking, by the name that `OTEL_NODE_ENABLED_INSTRUMENTATIONS` uses.
 * Any other name of `@opentelemetry/auto-instrumentations-node` is looked up there when it is asked for.
 */
export const catalogue: Readonly<Record<string, CatalogueEntry>> = {
  http: {
    create: options => new WholeHttpInstrumentation(options),
    defaults: {
      // The export of telemetry is no work of the app: neither a span nor a measurement of its own.
      ignoreOutgoingRequestHook: () => isTracingSuppressed(context.active()),
      redactedQueryParams: secretQueryNames,
      redactedQueryParamsServer: secretQueryNames,
    },
  },
  undici: {
    create: options => new ForwardingUndiciInstrumentation(options),
    defaults: {
      startSpanHook: ({ origin, path }: { origin: string | URL; path: string }) => {
        const url = withoutSecrets(new URL(path, origin))
        return { [ATTR_URL_FULL]: url.href, [ATTR_URL_QUERY]: url.search.slice(1) }
      },
    },
  },
  express: {
    create: options => new MountingExpressInstrumentation(options),
    // Without a span for each middleware: the route is in the server span's name and in http.route.
    defaults: {
      ignoreLayersType: [ExpressLayerType.MIDDLEWARE, ExpressLayerType.ROUTER, ExpressLayerType.REQUEST_HANDLER],
    },
  },
  pg: {
    create: options => new ContextKeepingPgInstrumentation(options),
    defaults: { requireParentSpan: true, ignoreConnectSpans: true },
  },
  redis: {
    create: options => new QuietRedisInstrumentation(options),
    defaults: { requireParentSpan: true, dbStatementSerializer: redisCommandText },
  },
  ioredis: {
    create: options => new QuietIORedisInstrumentation(options),
    defaults: { requireParentSpan: true, dbStatementSerializer: redisCommandText },
  },
  bullmq: { create: (options, ending) => new BullMQInstrumentation(options, ending), defaults: {} },
  pino: { create: options => new PinoInstrumentation(options), defaults: {} },
  winston: { create: options => new WinstonInstrumentation(options), defaults: {} },
  bunyan: { create: options => new BunyanInstrumentation(options), defaults: {} },
  'runtime-node': { create: options => new RuntimeNodeInstrumentation(options), defaults: {} },
}
