import { lazily } from '../lazily.ts'
import { watchRedis } from '../redis/watch.ts'
import type { Watch } from '../watch.ts'

export const watch: Watch = watchRedis(parts => lazily('redis-older')()(parts))
