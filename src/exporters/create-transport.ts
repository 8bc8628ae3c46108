import { createGrpcTransport } from './grpc-transport.ts'
import { createHttpTransport } from './http-transport.ts'
import type { Target, Transport } from './transport.ts'

export function createTransport(target: Target): Transport {
  return transports[target.protocol](target)
}

const transports: Readonly<Record<Target['protocol'], (target: Target) => Transport>> = {
  'http/protobuf': target => createHttpTransport(target, 'application/x-protobuf'),
  'http/json': target => createHttpTransport(target, 'application/json'),
  grpc: createGrpcTransport,
}
