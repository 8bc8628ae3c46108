/** Reads a file whole, or throws. */
export type ReadFile = (path: string) => Buffer
