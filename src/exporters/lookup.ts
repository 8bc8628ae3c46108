import type { LookupFunction } from 'node:net'

/** A silent name server is given up after the first and the doubled pause: 750 ms. */
const patience = { timeout: 250, tries: 2 }

/**
 * The system's lookup, where it will not hang. It cannot be given up once it has begun, and at the end of a process Node
 * waits for it: 10 s if the name server is silent. So that is found out first by a query that can be given up; whatever
 * the answer is, the system's lookup, which knows more than the name server, then has the word.
 */
export const lookup: LookupFunction = (hostname, options, done) => {
  const dns = process.getBuiltinModule('node:dns')
  const { hosts, domains } = readSystemFiles()
  const begin = (): void => dns.lookup(hostname, options, done)
  if (/(^|\.)localhost$/i.test(hostname) || hosts.includes(hostname.toLowerCase())) return begin()

  const resolver = new dns.Resolver(patience)
  // With the domains too: in a cluster only those names are its own, and others may go to a server that is away.
  const names = [hostname, ...domains.map(domain => `${hostname}.${domain}`)]
  const open = new Set(names)
  for (const name of names) {
    resolver.resolve4(name, error => {
      if (!open.delete(name)) return
      if (error?.code !== 'ETIMEOUT') {
        open.clear()
        resolver.cancel()
        begin()
      } else if (open.size === 0) {
        const words = `the name server does not answer for ${hostname}`
        done(Object.assign(new Error(words), { code: 'ETIMEOUT' }), '')
      }
    })
  }
}

/** Names that need no name server, and what is added to those that are not complete. */
function readSystemFiles(): { hosts: readonly string[]; domains: readonly string[] } {
  const hosts = readWords('/etc/hosts').flatMap(([, ...names]) => names)
  const settings = readWords('/etc/resolv.conf').filter(([name]) => name === 'search' || name === 'domain')
  return { hosts: hosts.map(name => name.toLowerCase()), domains: settings.at(-1)?.slice(1) ?? [] }
}

function readWords(file: string): string[][] {
  try {
    const lines = process.getBuiltinModule('node:fs').readFileSync(file, 'utf8').split('\n')
    return lines.map(line =>
      line
        .replace(/[#;].*/, '')
        .trim()
        .split(/\s+/),
    )
  } catch {
    return [] // another system
  }
}
