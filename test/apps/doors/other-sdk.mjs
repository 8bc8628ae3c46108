// Another SDK for all three signals, as an app would start it. It does not know of us.
import { NodeSDK } from '@opentelemetry/sdk-node'

const sdk = new NodeSDK({ serviceName: 'other' })

export const start = () => sdk.start()
export const stop = () => sdk.shutdown()
