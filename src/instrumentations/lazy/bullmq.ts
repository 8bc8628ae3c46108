import { BullMQInstrumentation } from '../bullmq/instrumentation.ts'
import { official } from '../official.ts'
import type { Watch } from '../watch.ts'

export const watch: Watch = official((options, ending) => new BullMQInstrumentation(options, ending))
