import { propagation } from '@opentelemetry/api'
import type { InstrumentationConfig } from '@opentelemetry/instrumentation'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'

interface Created {
  readonly request: { headers: unknown }
}

/**
 * Who passes on the headers of a request (`fetch(url, { headers: request.headers })`) passes on its `traceparent`. The
 * official instrumentation adds a second one, and whoever gets two begins a new trace. Here ours takes its place.
 */
export class ForwardingUndiciInstrumentation extends UndiciInstrumentation {
  constructor(config?: InstrumentationConfig) {
    super(config)
    const official = this as unknown as { onRequestCreated(message: Created): void } // private there
    const onRequestCreated = official.onRequestCreated.bind(this)
    official.onRequestCreated = message => {
      const { headers } = message.request
      if (Array.isArray(headers)) removeContext(headers)
      onRequestCreated(message)
    }
  }
}

/** In place: `name, value, name, value`. */
function removeContext(headers: unknown[]): void {
  const fields = new Set(propagation.fields())
  for (let index = headers.length - 2; index >= 0; index -= 2) {
    if (fields.has(String(headers[index]).toLowerCase())) headers.splice(index, 2)
  }
}
