import type { Target } from './transport.ts'

/** The target with all that this thread trusts by its flags, such as `--use-system-ca`, which another does not inherit. */
export function withTlsDefaults(target: Target): Target {
  if (!target.url.startsWith('https:')) return target
  const tls = process.getBuiltinModule('node:tls')
  const defaults = {
    minVersion: tls.DEFAULT_MIN_VERSION,
    maxVersion: tls.DEFAULT_MAX_VERSION,
    ciphers: tls.DEFAULT_CIPHERS,
  }
  const trusted = tls.getCACertificates('default')
  // A thread has these two kinds anyway, and reading them all again would cost it time.
  const known = tls.rootCertificates.length + tls.getCACertificates('extra').length
  return {
    ...target,
    tls: { ...defaults, ...(trusted.length > known && { ca: trusted }), ...target.tls } as Target['tls'],
  }
}
