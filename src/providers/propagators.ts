import { context, propagation, ROOT_CONTEXT, type TextMapPropagator } from '@opentelemetry/api'
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core'
import { B3InjectEncoding, B3Propagator } from '@opentelemetry/propagator-b3'
import type { Config, Propagator } from '../config/config.ts'
import { type EnvironmentCarrier, environmentGetter } from '../config/environment-carrier.ts'
import { quickenContexts } from './quicken-contexts.ts'
import { InitialContextManager, readAgeMs } from './initial-context.ts'

const propagators: Record<Propagator, () => TextMapPropagator> = {
  tracecontext: () => new W3CTraceContextPropagator(),
  baggage: () => new W3CBaggagePropagator(),
  b3: () => new B3Propagator({ injectEncoding: B3InjectEncoding.SINGLE_HEADER }),
  b3multi: () => new B3Propagator({ injectEncoding: B3InjectEncoding.MULTI_HEADER }),
}

/** How a trace follows the program from callback to callback, and from process to process. */
export function createPropagation(
  config: Pick<Config, 'propagators' | 'processPropagation'>,
  carrier: EnvironmentCarrier,
  ageMs: () => number = readAgeMs,
): {
  install(): boolean
  uninstall(): void
} {
  const propagator = new CompositePropagator({ propagators: config.propagators.map(name => propagators[name]()) })
  const initial = propagator.extract(ROOT_CONTEXT, config.processPropagation ? carrier : {}, environmentGetter)
  const manager = new InitialContextManager(initial, ageMs)
  return {
    install() {
      if (!context.setGlobalContextManager(manager.enable())) return false
      if (!propagation.setGlobalPropagator(propagator)) {
        context.disable()
        return false
      }
      quickenContexts()
      return true
    },
    uninstall() {
      propagation.disable()
      context.disable()
    },
  }
}

/** Takes up the context that this process was started in, where somebody else has registered propagators. */
export function takeUpContext(carrier: EnvironmentCarrier): void {
  const initial = propagation.extract(ROOT_CONTEXT, carrier, environmentGetter)
  if (initial === ROOT_CONTEXT) return
  context.disable()
  context.setGlobalContextManager(new InitialContextManager(initial, readAgeMs).enable())
}
