/**
 * The beginning of a request that posts a body. Throws where a header is one that Node's own client would not send:
 * with a line break in it, it would be two.
 */
export function writeHttp1(url: URL, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries({ host: url.host, ...credentialsOf(url), connection: 'keep-alive', ...headers })
    .filter(([name]) => name !== 'transfer-encoding') // the body has a length
    .map(([name, value]) => {
      if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
        throw new TypeError(`Header name must be a valid HTTP token [${JSON.stringify(name)}]`)
      }
      if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) {
        throw new TypeError(`Invalid character in header content [${JSON.stringify(name)}]`)
      }
      return `${name}: ${value}\r\n`
    })
  return `POST ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join('')}\r\n`
}

function credentialsOf({ username, password }: URL): { authorization?: string } {
  if (username === '' && password === '') return {}
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }
}
