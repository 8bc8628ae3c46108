import { LeanPgInstrumentation } from '../pg/instrumentation.ts'
import { official } from '../official.ts'
import type { Watch } from '../watch.ts'

export const watch: Watch = official(options => new LeanPgInstrumentation(options))
