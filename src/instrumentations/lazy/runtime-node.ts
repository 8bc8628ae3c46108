import { SparingRuntimeNodeInstrumentation } from '../runtime-node.ts'
import { official } from '../official.ts'
import type { Watch } from '../watch.ts'

export const watch: Watch = official(options => new SparingRuntimeNodeInstrumentation(options))
