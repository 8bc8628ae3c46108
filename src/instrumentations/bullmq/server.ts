import type { Attributes } from '@opentelemetry/api'
import { ATTR_SERVER_ADDRESS, ATTR_SERVER_PORT } from '@opentelemetry/semantic-conventions'

/** Where the queue lives, as far as the connection says it plainly. Clusters and sentinels have no one address. */
export function serverAttributes(connection: unknown): Attributes {
  const { isCluster, options = connection } = Object(connection)
  const { host, port, path, url, sentinels, socket } = Object(options)
  if (isCluster === true || sentinels) return {}
  if (typeof url === 'string') return fromUrl(url)
  const file = path ?? socket?.path
  if (typeof file === 'string') return text(ATTR_SERVER_ADDRESS, file)
  return { ...text(ATTR_SERVER_ADDRESS, host ?? socket?.host), ...integer(ATTR_SERVER_PORT, port ?? socket?.port) }
}

function fromUrl(url: string): Attributes {
  if (!URL.canParse(url)) return {}
  const { hostname, port } = new URL(url)
  return { ...text(ATTR_SERVER_ADDRESS, hostname), ...integer(ATTR_SERVER_PORT, port === '' ? 6379 : port) }
}

const text = (key: string, value: unknown): Attributes =>
  typeof value === 'string' && value !== '' ? { [key]: value } : {}

const integer = (key: string, value: unknown): Attributes =>
  Number.isInteger(Number(value ?? Number.NaN)) ? { [key]: Number(value) } : {}
