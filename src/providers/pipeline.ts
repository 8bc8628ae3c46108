/** One signal, built and ready: it takes its place in the API at `install`, and not before. */
export interface Pipeline {
  /** Registers with the API. False where somebody else is registered already; then nothing was changed. */
  install(): boolean
  /** Takes back what `install` registered. */
  uninstall(): void
  flush(): Promise<void>
  shutdown(): Promise<void>
}
