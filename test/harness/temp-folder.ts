import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hold } from './reaper.ts'

/** An empty folder that is removed when the process of this test file ends. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'otel-test-'))
  hold({ folder })
  return folder
}
