import { type ByteSource, createByteSource, type Reading } from './byte-source.ts'

/** All values of each header, by its name in lower case. */
type Fields = ReadonlyMap<string, readonly string[]>

/** The beginning of an answer: its status line and its headers. */
export interface Http1Head {
  readonly status: number
  /** What the server calls this status, which may be nothing. */
  readonly reason: string
  readonly fields: Fields
  /** How long the connection may be kept after it: 0 is no limit, undefined not at all. */
  readonly idleMs: number | undefined
}

/** One answer over HTTP/1.1, as far as it has come. */
export interface Http1Answer {
  readonly head: Http1Head | undefined
  readonly body: readonly Buffer[]
  readonly bodyBytes: number
  readonly isComplete: boolean
  /** Something came after it that nobody asked for. */
  readonly hasExcess: boolean
  /** Throws where this is no HTTP: the answer stays what it was. */
  read(bytes: Buffer): void
  /** The other side has ended the connection, and with it a body that says nothing of its length. */
  end(): void
}

/** Reads it from bytes that may be split anywhere, about as strictly as Node's own client. https://www.rfc-editor.org/rfc/rfc9112 */
export function readHttp1(): Http1Answer {
  const source = createByteSource()
  const body: Buffer[] = []
  let lastsToEnd = false

  function* readAnswer(): Reading {
    let head: Http1Head
    do head = yield* readHead(source)
    while (head.status >= 100 && head.status < 200 && head.status !== switchingProtocols)
    if (head.status === switchingProtocols) throw parseError('Nobody asked for another protocol')
    const framing = readFraming(head)
    answer.head = head
    if (framing === 'chunked') yield* readChunks()
    else yield* readBody(framing)
  }

  function* readChunks(): Reading {
    for (let size; (size = parseChunkSize(yield* readLine(source))) > 0;) {
      yield* readBody(size)
      if ((yield* readLine(source)) !== '') throw parseError('Expected CRLF after chunk')
    }
    yield* readFields(source, maxHeadBytes) // trailers
  }

  function* readBody(bytes: number): Reading {
    lastsToEnd = bytes === Infinity
    for (let left = bytes; left > 0;) {
      const part = yield* source.some(left)
      body.push(part)
      answer.bodyBytes += part.length
      left -= part.length
    }
  }

  const reading = readAnswer()
  const answer = {
    head: undefined as Http1Head | undefined,
    body,
    bodyBytes: 0,
    isComplete: false,
    hasExcess: false,
    read(bytes: Buffer) {
      answer.isComplete = reading.next(bytes).done === true
      answer.hasExcess = answer.isComplete && !source.isEmpty()
    },
    end() {
      answer.isComplete ||= lastsToEnd
    },
  }
  reading.next() // to where it waits for bytes
  return answer
}

const switchingProtocols = 101
/** As Node has it. */
const maxHeadBytes = 16 * 1024

function* readHead(source: ByteSource): Reading<Http1Head> {
  while (yield* source.skip('\r\n')) continue
  // At once: who speaks another protocol may never end a line.
  for (const letter of 'HTTP/') if (!(yield* source.skip(letter))) throw parseError('Expected HTTP/')
  const line = yield* readLine(source)
  const [, version, status, reason = ''] = /^(0\.9|1\.[01]|2\.0) (\d{3})(?: (.*))?$/.exec(line) ?? []
  if (version === undefined) throw parseError('Invalid response status')
  const fields = yield* readFields(source, maxHeadBytes - reason.length)
  return {
    status: Number(status),
    reason,
    fields,
    idleMs: readIdleMs(version === '1.1', fields),
  }
}

/** Of a field its name and its value count, as in Node. */
function* readFields(source: ByteSource, maxBytes: number): Reading<Fields> {
  const fields = new Map<string, string[]>()
  let left = maxBytes
  for (let line; (line = yield* readLine(source)) !== '';) {
    const [, name, text = ''] = /^([\w!#$%&'*+.^`|~-]+):([^]*)$/.exec(line) ?? []
    if (name === undefined) throw parseError('Invalid header token')
    if (/[^\t\x20-\x7e\x80-\xff]/.test(text)) throw parseError('Invalid header value char')
    const value = text.trim()
    left -= name.length + value.length
    if (left <= 0) throw parseError('Header overflow')
    const values = fields.get(name.toLowerCase())
    if (values) values.push(value)
    else fields.set(name.toLowerCase(), [value])
  }
  return fields
}

function* readLine(source: ByteSource): Reading<string> {
  const line = yield* source.line(maxHeadBytes)
  if (line.length > maxHeadBytes) throw parseError('Header overflow')
  if (!line.endsWith('\r\n')) throw parseError('Missing expected CR')
  return line.slice(0, -2)
}

/** The second before the server lets go of it may be the one in which a request is on its way. */
const marginMs = 1000
const longestTimerMs = 2 ** 31 - 1

function readIdleMs(isPersistent: boolean, fields: Fields): number | undefined {
  const options = (fields.get('connection') ?? [])
    .join()
    .toLowerCase()
    .split(/[\t ]*,[\t ]*/)
  if (isPersistent ? options.includes('close') : !options.includes('keep-alive')) return undefined
  const seconds = /^timeout=(\d+)/.exec(fields.get('keep-alive')?.[0] ?? '')?.[1]
  if (seconds === undefined) return 0
  const idleMs = Math.min(Number(seconds) * 1000 - marginMs, longestTimerMs)
  return idleMs > 0 ? idleMs : undefined
}

/** How long the body is: bytes, as many as the chunks say, or all until the connection ends. */
function readFraming({ status, fields }: Http1Head): number | 'chunked' {
  if (status === 204 || status === 304) return 0
  const lengths = fields.get('content-length')
  const codings = fields.get('transfer-encoding')
  if (lengths !== undefined && codings !== undefined) {
    throw parseError("Transfer-Encoding can't be present with Content-Length")
  }
  if (codings !== undefined) return /(?:^|,)[\t ]*chunked$/i.test(codings.join()) ? 'chunked' : Infinity
  if (lengths === undefined) return Infinity
  if (lengths.length > 1) throw parseError('Duplicate Content-Length')
  if (!/^0*\d{1,19}$/.test(lengths[0]!)) throw parseError('Invalid Content-Length')
  return Number(lengths[0])
}

/** Extensions say nothing to us. */
function parseChunkSize(line: string): number {
  const size = /^0*([\da-f]{1,12})(?:;.*)?$/i.exec(line)?.[1]
  if (size === undefined) throw parseError('Invalid character in chunk size')
  return Number.parseInt(size, 16)
}

function parseError(what: string): Error {
  return new Error(`Parse Error: ${what}`)
}
