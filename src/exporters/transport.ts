import type { OtlpConfig } from '../config/config.ts'
import type { Failed, Refused } from './outcome.ts'

/** Where requests go and how: plain data, so that another thread can be told. */
export interface Target extends Pick<OtlpConfig, 'protocol' | 'url' | 'headers' | 'compression' | 'tls'> {
  /** `/package.Service/Method` */
  readonly grpcPath: string
  readonly userAgent: string
}

/** What the collector said: plain data too. */
export type Answer = { readonly kind: 'accepted'; readonly body?: Uint8Array } | Refused | Failed

/** Carries a serialised request to the collector. It never rejects, and nothing of it keeps the process alive. */
export interface Transport {
  /** `timeoutMs` is for everything, from the connection to the last byte of the answer. */
  send(data: Uint8Array, timeoutMs: number): Promise<Answer>
  /** Gives up what is under way and closes the connections. What is sent later opens new ones. */
  abandon(): void
}
