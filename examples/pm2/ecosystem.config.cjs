const { join } = require('node:path')
const { pathToFileURL } = require('node:url')

const { OTEL_EXPORTER_OTLP_ENDPOINT = 'http://localhost:4318' } = process.env

module.exports = {
  apps: [
    {
      name: 'visits-api',
      script: join(__dirname, 'api.ts'),
      exec_mode: 'cluster',
      instances: 2,
      // Not NODE_OPTIONS: in cluster mode PM2 sets `env` when Node.js has started. An address, because PM2 starts the app
      // in the folder of its daemon, where the package need not be.
      node_args: ['--import', pathToFileURL(require.resolve('@org/otel/register')).href],
      env: { OTEL_SERVICE_NAME: 'visits-api', OTEL_EXPORTER_OTLP_ENDPOINT },
    },
  ],
}
