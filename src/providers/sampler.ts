import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace'
import type { Config, SamplerName } from '../config/config.ts'
import type { Report } from '../diagnostics/problem.ts'
import { contain } from './contain.ts'

const samplers: Record<SamplerName, (ratio: number) => Sampler> = {
  always_on: () => new AlwaysOnSampler(),
  always_off: () => new AlwaysOffSampler(),
  traceidratio: ratio => new TraceIdRatioBasedSampler(ratio),
  parentbased_always_on: () => new ParentBasedSampler({ root: new AlwaysOnSampler() }),
  parentbased_always_off: () => new ParentBasedSampler({ root: new AlwaysOffSampler() }),
  parentbased_traceidratio: ratio => new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
}

export function createSampler({ sampler, code }: Pick<Config, 'sampler' | 'code'>, report: Report): Sampler {
  if (code.sampler === undefined) return samplers[sampler.name](sampler.ratio)
  const given = contain('sampler', code.sampler, report)
  return {
    // A sampler that fails is no reason to lose the trace.
    shouldSample: (...about) => given.shouldSample(...about) ?? { decision: SamplingDecision.RECORD_AND_SAMPLED },
    toString: () => given.toString(),
  }
}
