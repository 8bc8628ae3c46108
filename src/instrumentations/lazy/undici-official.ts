import { ATTR_URL_FULL, ATTR_URL_QUERY } from '@opentelemetry/semantic-conventions'
import { official } from '../official.ts'
import { withoutSecrets } from '../secret-query.ts'
import { ForwardingUndiciInstrumentation } from '../undici/official-undici.ts'
import type { Watch } from '../watch.ts'

const watchOfficial = official(options => new ForwardingUndiciInstrumentation(options))

/** It sends URLs as they are. */
function startSpanHook({ origin, path }: { readonly origin: string | URL; readonly path: string }): object {
  const url = withoutSecrets(new URL(path, origin))
  return { [ATTR_URL_FULL]: url.href, [ATTR_URL_QUERY]: url.search.slice(1) }
}

export const watch: Watch = parts => watchOfficial({ ...parts, options: { startSpanHook, ...parts.options } })
