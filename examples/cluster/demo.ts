// A cluster whose workers speak and whose primary is silent: `npm run demo:cluster` in the root of the repository.
import { fileURLToPath } from 'node:url'
import { playDemo } from '../demo-kit/play-demo.ts'
import { programEnv } from '../demo-kit/program-env.ts'
import { reportVisits } from '../demo-kit/report-visits.ts'
import { say } from '../demo-kit/say.ts'
import { startBackends } from '../demo-kit/start-backends.ts'
import { visitEveryone } from '../demo-kit/visit-everyone.ts'

await playDemo(async stage => {
  say('Starting Redis, a receiver, and an API with a primary and two workers.')
  const { redisUrl, receiver } = await startBackends(stage)
  const api = stage.run({
    name: 'visits-api',
    command: 'sh',
    args: [fileURLToPath(new URL('api.sh', import.meta.url))],
    env: programEnv({ PORT: '0', REDIS_URL: redisUrl, ...receiver.env }),
    onStderr: line => process.stderr.write(`visits-api: ${line}\n`),
  })
  const port = await stage.within(
    20,
    'Starting',
    api.line(line => /listens on port (\d+)/.exec(line)?.[1]),
  )

  const visits = await visitEveryone(stage, `http://127.0.0.1:${port}/visits/home`, 2)
  await reportVisits(receiver, visits)
  say('', `The primary, pid ${api.pid}, only starts and stops them, and is silent.`)
  return 0
})
