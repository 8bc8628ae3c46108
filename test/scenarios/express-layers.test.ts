import { expect, test } from 'vitest'
import { formatTrace, startReceiver } from '../../src/testing.ts'
import { runApp } from '../harness/app.ts'
import { esm } from '../harness/code.ts'

/** An app whose handler and router say what they are called; `options` are those of the instrumentation. */
const program = (options: string) =>
  esm(`
    import { once } from 'node:events'
    import { setupOtel } from '@org/otel'
    import express from 'express'

    setupOtel({ instrumentations: { express: ${options} } })
    const app = express()
    const router = express.Router()
    app.use(function first(request, response, next) { next() })
    router.get('/:id', (request, response) => response.end())
    app.use('/users', router)
    const server = app.listen(0, '127.0.0.1')
    await once(server, 'listening')
    await fetch('http://127.0.0.1:' + server.address().port + '/users/7')
    server.close()
    server.closeAllConnections()
  `)

const server = 'GET /users/:id'

test.concurrent.each([
  { options: "{ ignoreLayersType: ['request_handler', 'router', 'middleware'], requestHook() {} }", layers: [] },
  {
    options: '{ ignoreLayersType: [] }',
    layers: ['middleware - first', 'router - /:id', 'request handler'],
  },
  {
    options: "{ ignoreLayersType: ['middleware'], ignoreLayers: [/^router/] }",
    layers: ['request handler'],
  },
  {
    options: `{
      ignoreLayersType: ['middleware', 'router'],
      spanNameHook: ({ layerType, route }) => layerType + ' of ' + route,
      requestHook: (span, { request }) => span.setAttribute('id', request.params.id),
    }`,
    layers: ['request_handler of /users/:id {"id":"7"}'],
  },
])('Express with $options: the layers that are asked for have spans, the route is there in any case', async given => {
  await using receiver = await startReceiver()
  const env = { OTEL_SERVICE_NAME: 'layers', OTEL_METRICS_EXPORTER: 'none' }

  expect(await runApp({ ...program(given.options), env: { ...receiver.env, ...env } })).toMatchObject({
    code: 0,
    stderr: '',
  })

  const spans = receiver.spans()
  expect(
    spans.filter(span => span.kind === 'SERVER').map(span => span.name),
    formatTrace(spans),
  ).toEqual([server])
  const layers = spans.filter(span => span.scope.name === '@opentelemetry/instrumentation-express')
  const describe = ({ name, attributes: { id } }: (typeof layers)[number]) =>
    id === undefined ? name : `${name} ${JSON.stringify({ id })}`
  expect(layers.map(describe).toSorted()).toEqual([...given.layers].toSorted())
})
