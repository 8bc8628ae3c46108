import { describeThrown } from '../diagnostics/describe-thrown.ts'
import type { Report } from '../diagnostics/problem.ts'
import { createProblem } from '../diagnostics/problems.ts'

/**
 * The same object, seen from the SDK: where a method of it throws or rejects, the app does not notice, one line names
 * the method, and there is no answer. The SDK calls processors and samplers of the user within `startSpan()`.
 */
export function contain<T extends object>(option: string, target: T, report: Report): T {
  const complain = (method: string, error: unknown): void =>
    report(createProblem('option-threw', { option, method, reason: describeThrown(error) }))
  return new Proxy(target, {
    get(_, name) {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      return (...args: unknown[]): unknown => {
        try {
          const result: unknown = Reflect.apply(value, target, args)
          return result instanceof Promise ? result.catch(error => complain(String(name), error)) : result
        } catch (error) {
          return complain(String(name), error)
        }
      }
    },
  })
}
