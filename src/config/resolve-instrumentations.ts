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
  const said = switchesOf(variables)
  const options = new Map<string, Readonly<Record<string, unknown>>>()
  const switches = new Map<string, boolean>()
  for (const [name, value] of Object.entries(coded)) {
    const shortName = parseInstrumentationName(name)
    const isEnabled = typeof value === 'boolean' ? value : readEnabled(value)
    if (typeof isEnabled === 'boolean') switches.set(shortName, isEnabled)
    if (typeof value !== 'boolean') options.set(shortName, value)
  }
  return {
    instrumentations: {
      enabled: variables.read('OTEL_NODE_ENABLED_INSTRUMENTATIONS', enabled)?.map(parseInstrumentationName),
      disabled: variables
        .read('OTEL_NODE_DISABLED_INSTRUMENTATIONS', disabled)
        .map(parseInstrumentationName)
        .filter(name => switches.get(name) !== true),
      switched: Object.fromEntries([...said, ...switches]),
    },
    options: Object.fromEntries(options),
  }
}

/** Options of an instrumentation may carry their own switch; they are the caller's and may be anything. */
function readEnabled(options: Readonly<Record<string, unknown>>): unknown {
  try {
    return options['enabled']
  } catch {
    return undefined
  }
}

function switchesOf(variables: VariableReader): [string, boolean][] {
  const row = instrumentations['OTEL_INSTRUMENTATION_<NAME>_ENABLED']
  return variables.matching(/^OTEL_INSTRUMENTATION_([A-Z0-9_]+)_ENABLED$/).flatMap(([variable, name = '']) => {
    const isEnabled = variables.given(variable, row)
    return isEnabled === undefined ? [] : [[parseInstrumentationName(name), isEnabled] as [string, boolean]]
  })
}
