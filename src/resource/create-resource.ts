import { defaultResource, type Resource, resourceFromAttributes } from '@opentelemetry/resources'
import {
  ATTR_SERVICE_INSTANCE_ID,
  ATTR_SERVICE_NAME,
  ATTR_SERVICE_VERSION,
  ATTR_TELEMETRY_DISTRO_NAME,
  ATTR_TELEMETRY_DISTRO_VERSION,
} from '@opentelemetry/semantic-conventions'
import type { Config } from '../config/config.ts'
import type { ReadFile } from '../config/read-file.ts'
import type { Problem } from '../diagnostics/problem.ts'
import { createProblem } from '../diagnostics/problems.ts'
import { describeHost, type HostFacts } from './describe-host.ts'
import { describePlace, ownInstanceId, type PlaceFacts, withRole } from './describe-place.ts'
import { describeProcess, type ProcessFacts } from './describe-process.ts'
import { findPackage, type FoundPackage } from './find-package.ts'

export interface ResourceSources {
  readonly config: Pick<Config, 'serviceName' | 'serviceVersion' | 'resourceAttributes' | 'inheritableInstanceId'>
  readonly place: PlaceFacts
  /** Of `@org/otel`. */
  readonly version: string
  /** `node:process`, or what stands for it. */
  readonly process: ProcessFacts
  /** `node:os`, or what stands for it. */
  readonly os: HostFacts
  /** Reads a package.json; may throw. */
  readonly readFile: ReadFile
  /** Makes an id that no other process has. */
  readonly createId: () => string
}

/**
 * Who is speaking. Nothing here waits and nothing asks the network: cloud detectors do both at every start.
 * What the user said goes over what we found.
 */
export function createResource(sources: ResourceSources): { resource: Resource; problems: readonly Problem[] } {
  const { config, version, place, process, os, readFile, createId } = sources
  const found = findPackage(place.entry, readFile)
  const serviceVersion = config.serviceVersion ?? found?.version
  const resource = defaultResource().merge(
    resourceFromAttributes({
      [ATTR_TELEMETRY_DISTRO_NAME]: '@org/otel',
      [ATTR_TELEMETRY_DISTRO_VERSION]: version,
      [ATTR_SERVICE_INSTANCE_ID]: ownInstanceId(config.inheritableInstanceId, place, process.pid) ?? createId(),
      ...describeProcess(process, place.entry),
      ...describePlace(place, process),
      ...describeHost(os),
      ...config.resourceAttributes,
      [ATTR_SERVICE_NAME]: config.serviceName ?? found?.name ?? unknownService,
      ...(serviceVersion !== undefined && { [ATTR_SERVICE_VERSION]: serviceVersion }),
    }),
  )
  return { resource: withRole(resource, place), problems: config.serviceName === undefined ? [nameless(found)] : [] }
}

/** https://opentelemetry.io/docs/specs/semconv/resource/service/ */
const unknownService = 'unknown_service:node'

function nameless(found: FoundPackage | undefined): Problem {
  return found === undefined
    ? createProblem('no-service-name', {
        used: unknownService,
        source: 'no package.json next to the entry script has one',
      })
    : createProblem('no-service-name', { used: found.name, source: `the name in ${found.path}` })
}
