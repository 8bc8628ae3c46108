import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { Child } from './child.ts'
import type { SinkOrder } from './sink.ts'
import { plainEnvironment } from './fleet.ts'
import { peers, speakTo, type Variant } from './variants.ts'

export interface StartOptions {
  readonly variants: readonly Variant[]
  readonly rounds: number
  say(line: string): void
}

export interface Start {
  readonly ms: number
  readonly cpuMs: number
  readonly mib: number
}

export const startPrograms = {
  empty: { file: 'empty.cjs', what: 'an empty program, to its first line' },
  service: { file: 'serve-once.cjs', what: 'Express, pg, redis and ioredis, to the first answer' },
} as const
export type StartProgram = keyof typeof startPrograms

/** By program, and by the name of the variant. */
export type StartRound = Readonly<Record<StartProgram, Readonly<Record<string, Start>>>>

/** Each round starts every program with every variant, one right after the other. */
export async function measureStart({ variants, rounds, say }: StartOptions): Promise<StartRound[]> {
  const sink = await Child.start<SinkOrder, number>(`${import.meta.dirname}/sink.ts`)
  const runs: StartRound[] = []
  for (let round = 0; round <= rounds; round += 1) {
    const run = { empty: {}, service: {} } as Record<StartProgram, Record<string, Start>>
    for (const program of Object.keys(startPrograms) as StartProgram[])
      for (const variant of round % 2 ? variants : variants.toReversed()) {
        const told = await startOnce(variant, startPrograms[program].file, sink.greeting)
        run[program][variant.name] = { ms: told.ms, cpuMs: told.cpuMs, mib: told.rss / 2 ** 20 }
      }
    if (round > 0) runs.push(run) // the first reads the disk
    await sink.ask('count') // and forget
  }
  await sink.stop()
  say(`${rounds} rounds of ${variants.length} starts of ${Object.keys(startPrograms).length} programs`)
  return runs
}

/** How many files are loaded at the start of an empty program; those of the program itself left out. */
export async function countFiles(variant: Variant): Promise<number> {
  const count = async ({ flags, ...rest }: Variant): Promise<number> => {
    const counting = {
      ...rest,
      flags: ['--require', join(import.meta.dirname, '../apps/start/list-files.cjs'), ...flags],
    }
    return (await startOnce(counting, startPrograms.empty.file, 9)).files!
  }
  return (await count(variant)) - (await count({ ...variant, flags: [] }))
}

interface Told {
  readonly ms: number
  readonly cpuMs: number
  readonly rss: number
  readonly files?: number
}

function startOnce({ flags, env, name }: Variant, file: string, sinkPort: number): Promise<Told> {
  const { promise, resolve, reject } = Promise.withResolvers<Told>()
  const options = { cwd: peers, env: { ...plainEnvironment(), ...speakTo(sinkPort, name), ...env } }
  execFile(process.execPath, [...flags, `${peers}/${file}`], options, (_error, stdout, stderr) => {
    const told = /^start (.*)$/m.exec(stdout)?.[1]
    if (told === undefined) reject(new Error(`${name} ${file} did not start: ${stdout}${stderr}`))
    else resolve(JSON.parse(told))
  })
  return promise
}
