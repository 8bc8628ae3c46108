/** What a path may be in Express. */
export type ExpressPath = string | RegExp | number | readonly ExpressPath[]

export type Matcher = (
  path: string,
) => { readonly params: Readonly<Record<string, string | readonly string[] | undefined>> } | false

/** One step of a router: a function that it runs for some paths. */
export interface Layer {
  readonly handle: (...args: never) => unknown
  /** Where it leads to handlers of single methods. Other layers (`use`) lead to functions and to other routers. */
  readonly route?: { readonly path: ExpressPath }
  /** As it was given to `use`: router 2.3. */
  readonly rawPath?: ExpressPath
  /** Express 4. */
  readonly regexp?: RegExp
  readonly keys?: readonly { readonly name: string | number }[]
  /** Express 5. One for each path of a list. */
  readonly matchers?: readonly Matcher[]
  /** What it has matched last, in whichever request, before router 2.3. */
  readonly path?: string
  readonly params?: Readonly<Record<string, unknown>>
}

/** What Express makes of the request that Node gives it. */
export interface ExpressRequest {
  /** As far as routers have taken the URL's path. */
  readonly baseUrl?: string
  /** The last that has matched. */
  readonly route?: { readonly path: ExpressPath }
  readonly app?: unknown
}
