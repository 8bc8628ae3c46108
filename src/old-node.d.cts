// What TypeScript finds beside old-node.cjs: the same door as by import, for a `require()` in whatever Node.js.
import type * as door from './index.js' with { 'resolution-mode': 'import' }

export type * from './index.js' with { 'resolution-mode': 'import' }
export declare const setupOtel: typeof door.setupOtel
