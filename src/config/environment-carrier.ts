import type { TextMapGetter, TextMapSetter } from '@opentelemetry/api'
import type { Environment } from './read-variables.ts'

/** Environment variables in which a context travels from process to process: `TRACEPARENT`, `TRACESTATE`, `BAGGAGE`, ... */
export type EnvironmentCarrier = Environment

/**
 * How the field of a propagator is called in the environment: `traceparent` is `TRACEPARENT`, `x-b3-traceid` is
 * `X_B3_TRACEID`.
 *
 * @see https://opentelemetry.io/docs/specs/otel/context/env-carriers/
 */
export function environmentName(field: string): string {
  return field
    .toUpperCase()
    .replaceAll(/[^A-Z0-9_]/g, '_')
    .replace(/^(?=\d|$)/, '_')
}

export const environmentGetter: TextMapGetter<EnvironmentCarrier> = {
  get: (carrier, field) => carrier[environmentName(field)],
  keys: carrier => Object.keys(carrier).filter(name => environmentName(name) === name),
}

/** An empty value, as that of a trace state without entries, says nothing that its absence does not. */
export const environmentSetter: TextMapSetter<Record<string, string>> = {
  set(carrier, field, value) {
    if (value !== '') carrier[environmentName(field)] = value
  },
}
