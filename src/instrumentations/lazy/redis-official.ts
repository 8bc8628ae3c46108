import { official } from '../official.ts'
import { QuietRedisInstrumentation } from '../redis/official.ts'
import type { Watch } from '../watch.ts'

export const watch: Watch = official(options => new QuietRedisInstrumentation(options))
