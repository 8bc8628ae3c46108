import type { Report } from '../diagnostics/problem.ts'
import { createProblem } from '../diagnostics/problems.ts'
import type { OtlpConfig, Protocol } from './config.ts'
import { quote, text } from './parsers.ts'
import type { ReadFile } from './read-file.ts'
import type { VariableReader } from './read-variables.ts'
import { otlp } from './variables.ts'

export type Signal = 'traces' | 'metrics' | 'logs'

interface OtlpSources {
  readonly variables: VariableReader
  readonly readFile: ReadFile
  readonly report: Report
}

/** How OTLP goes out for one signal: for each part the signal's variable, then the general one, then the default. */
export function resolveOtlp(signal: Signal, sources: OtlpSources): OtlpConfig {
  const { variables } = sources
  const protocol = variables.readEither(namesOf('PROTOCOL', signal), otlp.PROTOCOL)
  const url = resolveUrl(signal, protocol, variables)
  const ca = readPem('CERTIFICATE', signal, sources)
  const key = readPem('CLIENT_KEY', signal, sources)
  const cert = readPem('CLIENT_CERTIFICATE', signal, sources)
  return {
    protocol,
    url: withoutCredentials(url, protocol),
    headers: { ...credentialsOf(url), ...resolveHeaders(signal, variables) },
    timeoutMs: variables.readEither(namesOf('TIMEOUT', signal), otlp.TIMEOUT),
    compression: variables.readEither(namesOf('COMPRESSION', signal), otlp.COMPRESSION),
    tls: { ...(ca && { ca }), ...(key && { key }), ...(cert && { cert }), ...trust(variables) },
  }
}

/** Node reads this one by itself, but not in the thread that sends the last of it: that has no environment. */
function trust(variables: VariableReader): { rejectUnauthorized?: false } {
  const row = { parser: text, default: undefined, says: 'Not ours, and not in the table.' }
  return variables.given('NODE_TLS_REJECT_UNAUTHORIZED', row) === '0' ? { rejectUnauthorized: false } : {}
}

function namesOf(setting: keyof typeof otlp, signal: Signal): { own: string; general: string } {
  return { own: `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${setting}`, general: `OTEL_EXPORTER_OTLP_${setting}` }
}

function resolveUrl(signal: Signal, protocol: Protocol, variables: VariableReader): URL {
  const { own, general } = namesOf('ENDPOINT', signal)
  const base = protocol === 'grpc' ? 'http://localhost:4317' : 'http://localhost:4318'
  const url = new URL(variables.readEither({ own, general }, otlp.ENDPOINT) ?? base)
  if (variables.given(own, otlp.ENDPOINT) === undefined) url.pathname = url.pathname.replace(/\/*$/, `/v1/${signal}`)
  return url
}

/** A URL turns up in messages, so it must not hold a password. */
function withoutCredentials(url: URL, protocol: Protocol): string {
  const bare = new URL(url)
  bare.username = ''
  bare.password = ''
  return protocol === 'grpc' ? bare.origin : bare.href
}

/** `https://user:password@collector` is sent as browsers and curl do. */
function credentialsOf({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {}
  const plain = [username, password].map(part => decodeOrKeep(part)).join(':')
  return { authorization: `Basic ${Buffer.from(plain).toString('base64')}` }
}

function decodeOrKeep(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** One name at a time, as upstream: a header for one signal does not take the general ones away. */
function resolveHeaders(signal: Signal, variables: VariableReader): Readonly<Record<string, string>> {
  const { own, general } = namesOf('HEADERS', signal)
  return { ...variables.read(general, otlp.HEADERS), ...variables.read(own, otlp.HEADERS) }
}

function readPem(
  setting: 'CERTIFICATE' | 'CLIENT_KEY' | 'CLIENT_CERTIFICATE',
  signal: Signal,
  { variables, readFile, report }: OtlpSources,
): Buffer | undefined {
  const { own, general } = namesOf(setting, signal)
  const name = variables.given(own, otlp[setting]) === undefined ? general : own
  const path = variables.given(name, otlp[setting])
  if (path === undefined) return undefined
  try {
    return readFile(path)
  } catch (error) {
    report(createProblem('unreadable-file', { name, file: quote(path, 200), reason: reasonOf(error) }))
    return undefined
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.message) : 'unknown reason'
}
