/**
 * Owns the servers: starts those that its arguments name, prints one line of JSON, and stops them when its input closes.
 * The system closes that pipe when the parent dies, however it dies, so nothing stays behind even after SIGKILL.
 */
import { Belongings } from './belongings.ts'
import { startPostgres } from './postgres.ts'
import { startRedis } from './redis.ts'

const belongings = new Belongings()
const wanted = process.argv.slice(2)
const starting = Promise.allSettled([
  wanted.includes('postgres') && (process.env['TEST_PG_URL'] || startPostgres(belongings)),
  wanted.includes('redis') && (process.env['TEST_REDIS_URL'] || startRedis(belongings)),
])

let stopping: Promise<void> | undefined
const stop = () => (stopping ??= stopAll())

async function stopAll(): Promise<void> {
  await belongings.stop()
  await starting
  belongings.removeFolders()
  process.exit()
}

process.stdin.resume().once('close', stop)
process.stdout.on('error', () => {}) // the parent died before it could read
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)

const results = await starting
const problems = results.flatMap(result => (result.status === 'rejected' ? String(result.reason?.message) : []))
const [pgUrl, redisUrl] = results.map(result => (result.status === 'fulfilled' ? result.value : undefined))
process.stdout.write(`${JSON.stringify(problems.length > 0 ? { problems } : { pgUrl, redisUrl })}\n`)
if (problems.length > 0) await stop()
