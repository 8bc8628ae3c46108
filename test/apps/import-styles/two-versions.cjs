// Two majors of one library in one program, each used once in a span of its own.
const { createRequire } = require('node:module')
const { trace } = require('@opentelemetry/api')

const tracer = trace.getTracer('app')
const older = createRequire(require.resolve('../../older/package.json'))

async function main() {
  for (const ioredis of [require('ioredis'), older('ioredis')]) {
    const client = new ioredis.Redis(process.env.REDIS_URL)
    await tracer.startActiveSpan('ioredis', span => client.get('ioredis').finally(() => span.end()))
    await client.quit()
  }
  for (const redis of [require('redis'), older('redis'), older('redis-4')]) {
    const client = await redis.createClient({ url: process.env.REDIS_URL }).connect()
    await tracer.startActiveSpan('redis', span => client.get('redis').finally(() => span.end()))
    await client.quit()
  }
}

void main()
