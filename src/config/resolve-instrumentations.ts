import type { Config } from './config.ts'
import { parseInstrumentationName } from './instrumentation-names.ts'
import type { OtelOptions } from './options.ts'
import type { VariableReader } from './read-variables.ts'
import { instrumentations } from './variables.ts'

interface Resolved {
  readonly instrumentations: Config['instrumentations']
  /** By short name. */
  readonly options: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** Which libraries were asked for, and with which options; what code says wins over what variables say. */
export function resolveInstrumentations(
  variables: VariableReader,
  coded: OtelOptions['instrumentations'] = {},
): Resolved {
  const { OTEL_NODE_ENABLED_INSTRUMENTATIONS: enabled, OTEL_NODE_DISABLED_INSTRUMENTATIONS: disabled } =
    instrumentations
  const said = switchesOf(variables, 'ENABLED')
  const official = new Map(switchesOf(variables, 'OFFICIAL'))
  const options = new Map<string, Readonly<Record<string, unknown>>>()
  const switches = new Map<string, boolean>()
  for (const [name, value] of Object.entries(coded)) {
    const shortName = parseInstrumentationName(name)
    const isEnabled = typeof value === 'boolean' ? value : readSwitch(value, 'enabled')
    if (typeof isEnabled === 'boolean') switches.set(shortName, isEnabled)
    if (typeof value === 'boolean') continue
    options.set(shortName, value)
    const isOfficial = readSwitch(value, 'official')
    if (typeof isOfficial === 'boolean') official.set(shortName, isOfficial)
  }
  return {
    instrumentations: {
      enabled: variables.read('OTEL_NODE_ENABLED_INSTRUMENTATIONS', enabled)?.map(parseInstrumentationName),
      disabled: variables
        .read('OTEL_NODE_DISABLED_INSTRUMENTATIONS', disabled)
        .map(parseInstrumentationName)
        .filter(name => switches.get(name) !== true),
      switched: Object.fromEntries([...said, ...switches]),
      official: [...official].flatMap(([name, isOfficial]) => (isOfficial ? [name] : [])),
    },
    options: Object.fromEntries(options),
  }
}

/** Options of an instrumentation may carry switches of their own; they are the caller's and may be anything. */
function readSwitch(options: Readonly<Record<string, unknown>>, name: 'enabled' | 'official'): unknown {
  try {
    return options[name]
  } catch {
    return undefined
  }
}

function switchesOf(variables: VariableReader, what: 'ENABLED' | 'OFFICIAL'): [string, boolean][] {
  const row = instrumentations[`OTEL_INSTRUMENTATION_<NAME>_${what}`]
  const pattern = new RegExp(`^OTEL_INSTRUMENTATION_([A-Z0-9_]+)_${what}$`)
  return variables.matching(pattern).flatMap(([variable, name = '']) => {
    const isOn = variables.given(variable, row)
    return isOn === undefined ? [] : [[parseInstrumentationName(name), isOn] as [string, boolean]]
  })
}
