import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import protobuf from 'protobufjs'

const home = dirname(fileURLToPath(import.meta.resolve('@elastic/mockotlpserver/package.json')))

/** The official .proto files, read by a library that is not ours. */
export function loadOfficialOtlp(): protobuf.Root {
  const root = new protobuf.Root()
  root.resolvePath = (_origin, target) => join(home, target)
  root.loadSync(['trace', 'metrics', 'logs'].map(s => `opentelemetry/proto/collector/${s}/v1/${s}_service.proto`))
  root.resolveAll()
  return root
}
