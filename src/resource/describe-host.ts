import type { Attributes } from '@opentelemetry/api'

export interface HostFacts {
  hostname(): string
  arch(): string
  platform(): string
  release(): string
}

/** Node's words on the left, those of the semantic conventions on the right; all others are the same. */
const archs: Readonly<Record<string, string>> = { arm: 'arm32', ppc: 'ppc32', x64: 'amd64' }
const platforms: Readonly<Record<string, string>> = { sunos: 'solaris', win32: 'windows' }

/** What upstream's host and os detectors say, without `host.id`: finding it starts a program on macOS and BSD. */
export function describeHost(os: HostFacts): Attributes {
  return {
    'host.name': os.hostname(),
    'host.arch': archs[os.arch()] ?? os.arch(),
    'os.type': platforms[os.platform()] ?? os.platform(),
    'os.version': os.release(),
  }
}
