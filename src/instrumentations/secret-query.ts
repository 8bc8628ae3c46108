/** Names of query parameters whose values are credentials. Compared without regard to case. */
const secretNames: readonly string[] = [
  'access-token',
  'access_key',
  'access_token',
  'api_key',
  'apikey',
  'api-key',
  'auth',
  'auth_token',
  'authorization',
  'awsaccesskeyid',
  'client_secret',
  'code',
  'id_token',
  'key',
  'password',
  'passwd',
  'pwd',
  'refresh_token',
  'secret',
  'session',
  'session_id',
  'session_token',
  'sessionid',
  'sig',
  'signature',
  'token',
  'user_token',
  'x-amz-credential',
  'x-amz-security-token',
  'x-amz-signature',
  'x-api-key',
  'x-goog-signature',
]

/** What stands where a credential stood; the same word that the official HTTP instrumentation writes. */
export const redacted = 'REDACTED'

/** For the HTTP instrumentation, which compares names as they are written. */
export const secretQueryNames: readonly string[] = secretNames.flatMap(name => [
  name,
  name.toUpperCase(),
  name.replace(/(^|[-_])([a-z])/g, (_, mark: string, letter: string) => mark + letter.toUpperCase()),
  name.replace(/[-_]([a-z])/g, (_, letter: string) => letter.toUpperCase()),
])

const secrets = new Set(secretNames)

/** However it is written. */
export function isSecretName(name: string): boolean {
  return secrets.has(name.toLowerCase())
}

/** The same URL without user info and without the values of parameters that carry credentials. */
export function withoutSecrets(url: URL): URL {
  const safe = new URL(url)
  if (safe.username !== '' || safe.password !== '') {
    safe.username = redacted
    safe.password = redacted
  }
  for (const name of new Set(safe.searchParams.keys())) {
    if (isSecretName(name)) safe.searchParams.set(name, redacted)
  }
  return safe
}
