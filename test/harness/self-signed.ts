import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

export interface KeyPair {
  /** PEM, as all of it. */
  readonly key: string
  readonly cert: string
}

/** A certificate for 127.0.0.1 that nobody has signed but itself. Node can read them and not make them: X.509 by hand. */
export function createSelfSigned(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const certificate = createCertificate(privateKey, publicKey)
  const lines = certificate.toString('base64').match(/.{1,64}/g)!
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
  }
}

/** https://www.rfc-editor.org/rfc/rfc5280#section-4.1 */
function createCertificate(privateKey: KeyObject, publicKey: KeyObject): Buffer {
  const day = 24 * 60 * 60 * 1000
  const algorithm = sequence(oid('2a8648ce3d040302')) // ecdsa-with-SHA256
  const commonName = sequence(set(sequence(oid('550403'), der(0x0c, Buffer.from('fault server')))))
  const address = der(0x87, Buffer.from([127, 0, 0, 1]))
  const subjectAltName = sequence(oid('551d11'), der(0x04, sequence(address)))
  const content = sequence(
    der(0xa0, integer(Buffer.from([2]))), // version 3
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    commonName,
    sequence(utcTime(Date.now() - day), utcTime(Date.now() + day)),
    commonName,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(subjectAltName)),
  )
  const signature = der(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', content, privateKey)]))
  return sequence(content, algorithm, signature)
}

function der(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents)
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

const sequence = (...items: Buffer[]): Buffer => der(0x30, ...items)
const set = (...items: Buffer[]): Buffer => der(0x31, ...items)
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'))
const integer = (bytes: Buffer): Buffer => der(0x02, bytes)

function utcTime(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/\D/g, '')
  return der(0x17, Buffer.from(`${digits.slice(2, 14)}Z`))
}
