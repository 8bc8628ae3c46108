/** What a path may be in Express. */
export type ExpressPath = string | RegExp | number | readonly ExpressPath[]

/** One step of a router: a function that it runs for some paths. */
export interface Layer {
  readonly handle: (...args: never) => unknown
  /** Where it leads to handlers of single methods. Other layers (`use`) lead to functions and to other routers. */
  readonly route?: { readonly path: ExpressPath }
  /** As it was given to `use`. Router 2.0 to 2.2 keeps only a function that compares: there it is of `keepPaths`. */
  readonly rawPath?: ExpressPath
  /** Of what has matched last, in router 2: its text, its parameters; and what compares, one for each of a list. */
  readonly path?: string
  readonly params?: object
  readonly matchers?: readonly unknown[]
  /** Express 4. */
  readonly regexp?: RegExp
  readonly keys?: readonly { readonly name: string | number }[]
  /** Express 5: whether `use` was given `/` or no path. */
  readonly slash?: boolean
}

/** What Express makes of the request that Node gives it. */
export interface ExpressRequest {
  /** As far as routers have taken the URL's path. */
  readonly baseUrl?: string
  /** The last that has matched. */
  readonly route?: { readonly path: ExpressPath }
  readonly app?: unknown
}
