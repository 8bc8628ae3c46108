import { context, ROOT_CONTEXT } from '@opentelemetry/api'
import type { JobFacts } from './context.ts'
import { jobAhead, nextIteration, readMetadata, runningAttempt, writeMetadata } from './context.ts'
import type { SandboxFlush } from './sandbox-flush.ts'
import type { Serve } from './serve.ts'
import type { Guard } from './telemetry.ts'

/** BullMQ's methods differ from version to version; we pass their arguments on. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Method = (this: any, ...args: any[]) => any

export interface Patch {
  readonly of: string
  readonly method: string
  wrap(original: Method): Method
}

export interface PatchParts {
  readonly serve: Serve
  readonly guard: Guard
  readonly sandboxes: SandboxFlush
}

/** All that is changed in BullMQ: methods of prototypes, so that queues and workers which exist already take part. */
export function createPatches({ serve, guard, sandboxes }: PatchParts): readonly Patch[] {
  const serveFirst = (original: Method): Method =>
    function (...args) {
      serve(this)
      return original.apply(this, args)
    }
  // A loop outlives the code that starts it: its commands are no part of that code's trace.
  const detach = (original: Method): Method =>
    function (...args) {
      return serve(this) ? context.with(ROOT_CONTEXT, () => original.apply(this, args)) : original.apply(this, args)
    }
  return [
    { of: 'QueueBase', method: 'trace', wrap: serveFirst },
    { of: 'QueueGetters', method: 'recordJobCountsMetric', wrap: serveFirst },
    { of: 'FlowProducer', method: 'add', wrap: serveFirst },
    { of: 'FlowProducer', method: 'addBulk', wrap: serveFirst },
    {
      of: 'FlowProducer',
      method: 'addNode',
      // A job without options would not get its context: BullMQ looks for a place in them, and there are none.
      wrap: original =>
        function (task, ...rest) {
          const node = task?.node
          if (!serve(this) || typeof node !== 'object' || node === null || node.opts)
            return original.call(this, task, ...rest)
          const withOptions = Object.create(node, { opts: { value: {}, enumerable: true } })
          return original.call(this, { ...task, node: withOptions }, ...rest)
        },
    },
    { of: 'Worker', method: 'run', wrap: detach },
    { of: 'QueueEvents', method: 'run', wrap: detach },
    {
      of: 'Worker',
      method: 'processJob',
      wrap: original =>
        function (job: JobFacts | undefined, ...rest) {
          if (!job || !serve(this)) return original.call(this, job, ...rest)
          return context.with(jobAhead.set(ROOT_CONTEXT, job), () => original.call(this, job, ...rest))
        },
    },
    {
      of: 'Worker',
      method: 'callProcessJob',
      // BullMQ's telemetry hears only the message of what the processor throws.
      wrap: original =>
        async function (...args) {
          try {
            return await original.apply(this, args)
          } catch (error) {
            guard(() => runningAttempt.get(context.active())?.noteThrown(error), undefined)
            throw error
          }
        },
    },
    {
      of: 'JobScheduler',
      method: 'upsertJobScheduler',
      wrap: original =>
        function (id, repeat, name, data, opts, settings, ...rest) {
          const upsert = (options: unknown) => original.call(this, id, repeat, name, data, options, settings, ...rest)
          if (!isNextIteration(settings) || !serve(this)) return upsert(opts)
          // BullMQ hands the context of the first job down to all others.
          const { metadata, ...telemetry } = opts?.telemetry ?? {}
          const ctx = guard(() => nextIteration(metadata ?? opts?.telemetryMetadata), ROOT_CONTEXT)
          return context.with(ctx, () => upsert({ ...opts, telemetry }))
        },
    },
    {
      of: 'Job',
      method: 'asJSONSandbox',
      // What a sandboxed processor gets: the context of this attempt, instead of that of who added the job.
      wrap: original =>
        function (...args) {
          const job = original.apply(this, args)
          return guard(() => withAttempt(job), job)
        },
    },
    {
      of: 'ChildProcessor',
      method: 'start',
      wrap: original =>
        function (job, ...rest) {
          guard(() => sandboxes.offer(), undefined)
          const ctx = guard(() => readMetadata(ROOT_CONTEXT, job?.opts?.tm), ROOT_CONTEXT)
          return context.with(ctx, () => original.call(this, job, ...rest))
        },
    },
    {
      of: 'Child',
      method: 'init',
      wrap: original =>
        function (...args) {
          guard(() => sandboxes.expect(this), undefined)
          return original.apply(this, args)
        },
    },
    {
      of: 'Child',
      method: 'kill',
      wrap: original =>
        async function (signal, ...rest) {
          // So BullMQ ends what it has taken out of its pool; SIGKILL is for what has not started right.
          if (signal === 'SIGTERM') await guard(() => sandboxes.ask(this), undefined)
          return original.call(this, signal, ...rest)
        },
    },
  ]
}

/** BullMQ writes the metadata as `tm` wherever a job is JSON. */
function withAttempt(job: { readonly opts?: object }): object {
  const ctx = context.active()
  const metadata = runningAttempt.get(ctx) === undefined ? '' : writeMetadata(ctx)
  return metadata === '' ? job : { ...job, opts: { ...job.opts, tm: metadata } }
}

/** The application overrides a schedule; a worker that took a job of it adds the next one. */
const isNextIteration = (settings: { override?: boolean } | undefined): boolean => settings?.override === false
