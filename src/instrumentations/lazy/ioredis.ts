export { watchIORedis as watch } from '../ioredis/watch.ts'
