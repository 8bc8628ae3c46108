import { preload } from './entry.ts'

preload()
