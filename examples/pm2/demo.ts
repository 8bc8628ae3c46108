// Two instances under PM2, in cluster mode: `npm run demo:pm2` in the root of the repository.
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { playDemo } from '../demo-kit/play-demo.ts'
import { programEnv } from '../demo-kit/program-env.ts'
import { reportVisits } from '../demo-kit/report-visits.ts'
import { say } from '../demo-kit/say.ts'
import { startBackends } from '../demo-kit/start-backends.ts'
import { visitEveryone } from '../demo-kit/visit-everyone.ts'

await playDemo(async stage => {
  say('Starting Redis, a receiver, and two instances of an API under PM2.')
  const { redisUrl, receiver } = await startBackends(stage)
  const home = await stage.own(mkdtemp(join(tmpdir(), 'otel-pm2-')), folder => rm(folder, { recursive: true }))
  const pm2 = stage.run({
    name: 'pm2-runtime',
    command: process.execPath,
    args: [
      createRequire(import.meta.url).resolve('pm2/bin/pm2-runtime'),
      'start',
      fileURLToPath(new URL('ecosystem.config.cjs', import.meta.url)),
    ],
    env: programEnv({
      PM2_HOME: home, // not the one of whoever looks at the demo
      PM2_DISABLE_VERSION_CHECK: '1', // PM2 asks its makers' server otherwise
      PORT: '0',
      REDIS_URL: redisUrl,
      ...receiver.env,
    }),
    onStderr: line => process.stderr.write(`pm2-runtime: ${line}\n`),
  })
  const port = await stage.within(
    30,
    'Starting',
    pm2.line(line => /listens on port (\d+)/.exec(line)?.[1]),
  )

  const visits = await visitEveryone(stage, `http://127.0.0.1:${port}/visits/home`, 2)
  await reportVisits(receiver, visits)
  say('', `PM2 itself, pid ${pm2.pid}, is silent.`)
  return 0
})
