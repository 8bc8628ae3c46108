import { writeSync } from 'node:fs'

/**
 * Writes to file descriptor 2 at once: a line said at exit or in a worker thread still arrives. `process.stderr` would
 * emit an `error` event when its reader is gone, and without a listener that ends the app; here it is an exception.
 */
export function writeStderr(line: string): void {
  try {
    writeSync(2, line)
  } catch {
    // closed (EPIPE, EBADF) or full (EAGAIN): nobody reads, and the app goes on
  }
}
