export type Environment = Readonly<Record<string, string | undefined>>

/** What PM2 says about an app that it has started. */
export interface Pm2App {
  /** The variables as the app will see them. */
  readonly env: Environment
  /** Which of its instances this is, counted from 0. */
  readonly instance: number | undefined
  /** The app's own script: `process.argv[1]` is PM2's. */
  readonly entry: string | undefined
}

/**
 * Undefined where this process was not started by PM2 itself: the app's own children inherit its variables.
 *
 * In cluster mode a preload comes before the app's variables: they wait in one of them, as JSON, until PM2's container
 * spreads them out. https://github.com/Unitech/pm2/blob/v7.0.4/lib/ProcessContainer.js#L18
 *
 * PM2's name for the app is left out on purpose: by default it is the file's ("index"), else often one for the machine
 * ("api-3000"), and a service should be called the same with PM2 and without.
 */
export function readPm2App(env: Environment, script: string | undefined): Pm2App | undefined {
  if (script === undefined || !isContainer.test(script)) return undefined
  const { pm2_env: waiting, ...present } = env
  const merged: Environment = { ...present, ...parseVariables(waiting) }
  return {
    env: merged,
    instance: parseInstance(merged[merged['instance_var'] ?? 'NODE_APP_INSTANCE']),
    entry: merged['pm_exec_path'],
  }
}

/** One for cluster mode, one for fork mode. */
const isContainer = /[\\/]pm2[\\/]lib[\\/]ProcessContainer(Fork)?\.js$/

/** Values become strings, as they do in `process.env`; objects are PM2's own business. */
function parseVariables(json: string | undefined): Environment {
  try {
    const values = Object.entries(JSON.parse(json ?? '{}') as object)
    return Object.fromEntries(values.filter(([, value]) => isScalar(value)).map(([name, value]) => [name, `${value}`]))
  } catch {
    return {}
  }
}

const isScalar = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value)

function parseInstance(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined
}
