import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ClientRequest } from 'node:http'
import type { InstrumentationConfig } from '@opentelemetry/instrumentation'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'

type Options = Record<string, unknown>
type MakeRequest = (...args: unknown[]) => ClientRequest

/** What we need of the official instrumentation: private there, and called when Node's modules are patched. */
interface Tracing {
  _outgoingRequestFunction(component: string, original: MakeRequest): MakeRequest
}

const created = 'http.client.request.created'

/**
 * The official instrumentation replaces `request` and `get` of Node's modules. Code that took one of them before that
 * (`const { get } = require('http')` above `setupOtel()`) goes on with the old one: such requests are told by Node's
 * own channel, and traced as if they had come the other way.
 */
export class WholeHttpInstrumentation extends HttpInstrumentation {
  readonly #trace: Tracing['_outgoingRequestFunction']
  /** What Node has created within the call of a patched function that is under way. */
  #created: ClientRequest[] | undefined

  /** Waits for `enable()`: the base class would patch before there are the fields above. */
  constructor(config: InstrumentationConfig = {}) {
    super({ ...config, enabled: false })
    const official = this as unknown as Tracing
    this.#trace = official._outgoingRequestFunction.bind(this)
    official._outgoingRequestFunction = (component, original) => this.#await(this.#keepLists(component, original))
  }

  override enable(): void {
    if (this.isEnabled()) return
    super.enable()
    if (this.getConfig().disableOutgoingRequestInstrumentation !== true) subscribe(created, this.#onCreated)
  }

  override disable(): void {
    super.disable()
    unsubscribe(created, this.#onCreated)
  }

  /** The request that a patched function returns is its own; what else was created meanwhile, by an agent for one, is not. */
  #await(makeRequest: MakeRequest): MakeRequest {
    return (...args) => {
      const outer = this.#created
      const created: ClientRequest[] = []
      this.#created = created
      let own: ClientRequest | undefined
      try {
        return (own = makeRequest(...args))
      } finally {
        this.#created = outer
        for (const request of created) if (request !== own) this.#onRequest(request)
      }
    }
  }

  /** Headers may be a list, of which the official instrumentation makes an object: `0: accept, 1: text/html`. */
  #keepLists(component: string, original: MakeRequest): MakeRequest {
    const trace = this.#trace(component, original)
    return (...args) => {
      const at = args.findIndex(arg => Array.isArray(Object(arg).headers))
      if (at < 0) return trace(...args)
      const options = args[at] as Options & { readonly headers: readonly unknown[] }
      const withList: MakeRequest = (given, ...rest) => {
        const headers = addToList(options.headers, Object((given as Options)['headers']) as Options)
        return original({ ...(given as Options), headers }, ...rest)
      }
      return this.#trace(component, withList)(...args.with(at, { ...options, headers: {} }))
    }
  }

  readonly #onCreated = (message: unknown): void => {
    const { request } = message as { readonly request: ClientRequest }
    if (this.#created === undefined) this.#onRequest(request)
    else this.#created.push(request)
  }

  #onRequest(request: ClientRequest): void {
    try {
      this.#adopt(request)
    } catch (error) {
      this._diag.warn('a request is not traced:', error) // thrown here, it would end the process
    }
  }

  #adopt(request: ClientRequest): void {
    const { protocol, method, path, host: hostname } = request
    const headers = request.getHeaders()
    const port = /:(\d+)$/.exec(String(headers.host))?.[1]
    const withHeaders: MakeRequest = given => {
      const added = Object.entries(Object((given as Options)['headers'])).filter(
        ([name, value]) => headers[name] !== value,
      )
      // A list of headers, or `Expect`, has Node write them before anybody hears of the request.
      if (!request.headersSent) for (const [name, value] of added) request.setHeader(name, value as string)
      return request
    }
    this.#trace(protocol.slice(0, -1), withHeaders)({ protocol, method, path, hostname, port, headers })
  }
}

/** A list of headers is flat (`name, value, name, value`) or of pairs. What is added takes the place of what had its name. */
function addToList(list: readonly unknown[], added: Options): unknown[] {
  const isOfPairs = Array.isArray(list[0])
  const pairs = isOfPairs
    ? (list as [unknown, unknown][])
    : list.flatMap((name, index) => (index % 2 === 0 ? [[name, list[index + 1]] as [unknown, unknown]] : []))
  const kept = pairs.filter(([name]) => !Object.hasOwn(added, String(name).toLowerCase()))
  const all = [...kept, ...Object.entries(added)]
  return isOfPairs ? all : all.flat()
}
