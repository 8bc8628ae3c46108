// Loads pg, has it forgotten as tools do that load files anew, sets up, and makes a query with it in a span.
const { trace } = require('@opentelemetry/api')
const pg = require('pg')
const { setupOtel } = require('@org/otel')

for (const file of Object.keys(require.cache)) if (/node_modules.pg/.test(file)) delete require.cache[file]
setupOtel()

void trace.getTracer('app').startActiveSpan('request', async span => {
  const client = new pg.Client(process.env.PG_URL)
  await client.connect()
  await client.query('SELECT 1')
  await client.end()
  span.end()
})
