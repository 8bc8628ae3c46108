import { layerTypes, watchExpress } from './express/watch.ts'
import { lazily } from './lazily.ts'
import { onceLoaded } from './once-loaded.ts'
import { redisCommandText } from './redis/command-text.ts'
import { secretQueryNames } from './secret-query.ts'
import type { Watch } from './watch.ts'

export interface CatalogueEntry {
  readonly from: Beginning
  readonly load: () => Watch
  /** The same by OpenTelemetry's own package, where ours does without. */
  readonly loadOfficial?: () => Watch
  /** Quiet where the library's own default is loud. A user's options go over these, one by one. */
  readonly defaults: Readonly<Record<string, unknown>>
}

/**
 * When watching begins, and its code is loaded: with the first file of one of these packages, with set-up, or when the
 * event loop first turns.
 */
export type Beginning = readonly string[] | 'setup' | 'first turn'

const officialExpress = (): Watch => onceLoaded(['express'], lazily('express-official'))

/** Which libraries are watched without anybody's asking, by the name that `OTEL_NODE_ENABLED_INSTRUMENTATIONS` uses. */
export const catalogue: Readonly<Record<string, CatalogueEntry>> = {
  http: {
    from: 'setup',
    load: lazily('http'),
    loadOfficial: lazily('http-official'),
    defaults: { redactedQueryParams: secretQueryNames, redactedQueryParamsServer: secretQueryNames },
  },
  undici: {
    from: 'setup',
    load: lazily('undici'),
    loadOfficial: lazily('undici-official'),
    defaults: {},
  },
  express: {
    from: 'setup',
    load: () => watchExpress(officialExpress()),
    loadOfficial: officialExpress,
    // Without a span for each middleware: the route is in the server span's name and in http.route.
    defaults: { ignoreLayersType: layerTypes },
  },
  pg: {
    from: ['pg', 'pg-pool'],
    load: lazily('pg'),
    defaults: { requireParentSpan: true, ignoreConnectSpans: true },
  },
  redis: {
    from: ['redis', '@redis/client', '@node-redis/client'],
    load: lazily('redis'),
    loadOfficial: lazily('redis-official'),
    defaults: { requireParentSpan: true, dbStatementSerializer: redisCommandText },
  },
  ioredis: {
    from: ['ioredis'],
    load: lazily('ioredis'),
    loadOfficial: lazily('ioredis-official'),
    defaults: { requireParentSpan: true, dbStatementSerializer: redisCommandText },
  },
  bullmq: { from: ['bullmq'], load: lazily('bullmq'), defaults: {} },
  pino: { from: ['pino'], load: lazily('pino'), defaults: {} },
  winston: { from: ['winston'], load: lazily('winston'), defaults: {} },
  bunyan: { from: ['bunyan'], load: lazily('bunyan'), defaults: {} },
  // It measures the event loop.
  'runtime-node': { from: 'first turn', load: lazily('runtime-node'), defaults: {} },
}
