/** Which process answered how often, by its pid. */
export type Visits = ReadonlyMap<number, number>

/** Asks until this many processes have answered, with those of before. The app must answer with its pid, and close. */
export async function visitAll(port: number, processes: number, before: Visits = new Map()): Promise<Visits> {
  const visits = new Map(before)
  while (visits.size < processes) {
    const pid = await ask(port)
    if (pid !== undefined) visits.set(pid, (visits.get(pid) ?? 0) + 1)
  }
  return visits
}

/** A server that closes drops a connection over which nothing has come yet: undefined then. */
async function ask(port: number): Promise<number | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(20_000) })
    return Number(await response.text())
  } catch (error) {
    const { code } = Object((error as Error).cause) as { readonly code?: unknown }
    if (code === 'UND_ERR_SOCKET' || code === 'ECONNRESET') return undefined
    throw error
  }
}

export function countVisits(visits: Visits): number {
  return [...visits.values()].reduce((total, count) => total + count, 0)
}
