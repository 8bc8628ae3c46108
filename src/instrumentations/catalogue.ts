import { context } from '@opentelemetry/api'
import { isTracingSuppressed } from '@opentelemetry/core'
import { ExpressLayerType } from '@opentelemetry/instrumentation-express'
import { RuntimeNodeInstrumentation } from '@opentelemetry/instrumentation-runtime-node'
import { ATTR_URL_FULL, ATTR_URL_QUERY } from '@opentelemetry/semantic-conventions'
import { BullMQInstrumentation } from './bullmq/instrumentation.ts'
import { BunyanInstrumentation } from './bunyan.ts'
import { MountingExpressInstrumentation } from './express.ts'
import { WholeHttpInstrumentation } from './http.ts'
import { QuietIORedisInstrumentation } from './ioredis.ts'
import { ContextKeepingPgInstrumentation } from './pg.ts'
import { official } from './official.ts'
import { PinoInstrumentation } from './pino.ts'
import { QuietRedisInstrumentation } from './redis.ts'
import { redisCommandText } from './redis-command-text.ts'
import { secretQueryNames, withoutSecrets } from './secret-query.ts'
import { ForwardingUndiciInstrumentation } from './undici.ts'
import type { Watch } from './watch.ts'
import { WinstonInstrumentation } from './winston.ts'

export interface CatalogueEntry {
  readonly watch: Watch
  /** The same by OpenTelemetry's own package, where `watch` does without. */
  readonly official?: Watch
  /** Quiet where the library's own default is loud. A user's options go over these, one by one. */
  readonly defaults: Readonly<Record<string, unknown>>
}

/**
 * Which libraries are watched without anybody's asking, by the name that `OTEL_NODE_ENABLED_INSTRUMENTATIONS` uses.
 * Any other name of `@opentelemetry/auto-instrumentations-node` is looked up there when it is asked for.
 */
export const catalogue: Readonly<Record<string, CatalogueEntry>> = {
  http: {
    watch: official(options => new WholeHttpInstrumentation(options)),
    defaults: {
      // The export of telemetry is no work of the app: neither a span nor a measurement of its own.
      ignoreOutgoingRequestHook: () => isTracingSuppressed(context.active()),
      redactedQueryParams: secretQueryNames,
      redactedQueryParamsServer: secretQueryNames,
    },
  },
  undici: {
    watch: official(options => new ForwardingUndiciInstrumentation(options)),
    defaults: {
      startSpanHook: ({ origin, path }: { origin: string | URL; path: string }) => {
        const url = withoutSecrets(new URL(path, origin))
        return { [ATTR_URL_FULL]: url.href, [ATTR_URL_QUERY]: url.search.slice(1) }
      },
    },
  },
  express: {
    watch: official(options => new MountingExpressInstrumentation(options)),
    // Without a span for each middleware: the route is in the server span's name and in http.route.
    defaults: {
      ignoreLayersType: [ExpressLayerType.MIDDLEWARE, ExpressLayerType.ROUTER, ExpressLayerType.REQUEST_HANDLER],
    },
  },
  pg: {
    watch: official(options => new ContextKeepingPgInstrumentation(options)),
    defaults: { requireParentSpan: true, ignoreConnectSpans: true },
  },
  redis: {
    watch: official(options => new QuietRedisInstrumentation(options)),
    defaults: { requireParentSpan: true, dbStatementSerializer: redisCommandText },
  },
  ioredis: {
    watch: official(options => new QuietIORedisInstrumentation(options)),
    defaults: { requireParentSpan: true, dbStatementSerializer: redisCommandText },
  },
  bullmq: { watch: official((options, ending) => new BullMQInstrumentation(options, ending)), defaults: {} },
  pino: { watch: official(options => new PinoInstrumentation(options)), defaults: {} },
  winston: { watch: official(options => new WinstonInstrumentation(options)), defaults: {} },
  bunyan: { watch: official(options => new BunyanInstrumentation(options)), defaults: {} },
  'runtime-node': { watch: official(options => new RuntimeNodeInstrumentation(options)), defaults: {} },
}
