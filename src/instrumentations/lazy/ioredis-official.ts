import { official } from '../official.ts'
import { QuietIORedisInstrumentation } from '../ioredis/official.ts'
import type { Watch } from '../watch.ts'

export const watch: Watch = official(options => new QuietIORedisInstrumentation(options))
