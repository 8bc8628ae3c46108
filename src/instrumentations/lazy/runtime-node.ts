import { RuntimeNodeInstrumentation } from '@opentelemetry/instrumentation-runtime-node'
import { official } from '../official.ts'
import type { Watch } from '../watch.ts'

export const watch: Watch = official(options => new RuntimeNodeInstrumentation(options))
