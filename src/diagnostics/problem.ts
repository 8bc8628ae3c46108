/** Something that went wrong, or was said wrongly, and that a person can mend. */
export interface Problem {
  /** Stable name: a heading of docs/troubleshooting.md. */
  readonly code: string
  /** What was seen, what was expected, what is used instead. One line, no secret in it. */
  readonly message: string
}

/** Takes a problem to where a person reads it. Never throws. */
export type Report = (problem: Problem) => void
