import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { say } from './say.ts'
import { createStage, type Stage } from './stage.ts'

/** Somebody wants the demo to end, which is no error. */
class Interruption extends Error {}

/** Plays, clears the stage whatever happens, and leaves with the exit code that `act` gives; 1 where it fails. */
export async function playDemo(act: (stage: Stage) => Promise<number>): Promise<void> {
  const stage = createStage()
  const interrupt = () => stage.end(new Interruption())
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt)
  process.stdout.on('error', interrupt) // the terminal is gone

  const exitCode = await play(stage, act)
  await stage.clear()
  if (stage.signal.reason instanceof Interruption) say('', 'Stopped.')
  process.exit(exitCode)
}

/** For a demo that stays until Ctrl-C: 0. */
export async function untilInterrupted(stage: Stage): Promise<number> {
  return stage.ended.catch(reason => {
    if (reason instanceof Interruption) return 0
    throw reason
  })
}

async function play(stage: Stage, act: (stage: Stage) => Promise<number>): Promise<number> {
  try {
    assertBuilt()
    return await act(stage)
  } catch (error) {
    const reason = stage.signal.aborted ? stage.signal.reason : error
    if (reason instanceof Interruption) return 130
    process.stderr.write(`\n${reason instanceof Error ? reason.message : reason}\n`)
    return 1
  }
}

function assertBuilt(): void {
  const register = fileURLToPath(import.meta.resolve('@org/otel/register'))
  if (!existsSync(register)) throw new Error(`${register} is missing. Build it first: npm run build`)
}
