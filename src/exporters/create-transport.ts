import { createGrpcTransport } from './grpc-transport.ts'
import { createHttpTransport } from './http-transport.ts'
import type { Target, Transport } from './transport.ts'

/** `bodyPatienceMs`: how long the body of an HTTP answer that says yes is waited for, where the deadline is too long. */
export function createTransport(target: Target, bodyPatienceMs?: number): Transport {
  return transports[target.protocol](target, bodyPatienceMs)
}

const transports: Readonly<Record<Target['protocol'], (target: Target, bodyPatienceMs?: number) => Transport>> = {
  'http/protobuf': (target, patience) => createHttpTransport(target, 'application/x-protobuf', patience),
  'http/json': (target, patience) => createHttpTransport(target, 'application/json', patience),
  grpc: target => createGrpcTransport(target),
}
