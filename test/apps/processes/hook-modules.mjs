// Has Node start its thread for module hooks, which loads a file.
import { register } from 'node:module'
const hooks = 'data:text/javascript,export const resolve = (...args) => args.at(-1)(args[0], args[1])'
register(hooks)
await import('./app.cjs')
