/** One export of each signal in OTLP's JSON, with a value of every kind: what the tests of the receiver send. */

export const traceId = '5b8efff798038103d269b633813fc60c'
const attribute = (key: string, value: object) => ({ key, value })
const resource = { attributes: [attribute('service.name', { stringValue: 'shop' })] }
const scope = { name: 'shop/lib', version: '1.2.3' }

export const traceExport = {
  resourceSpans: [
    {
      resource,
      scopeSpans: [
        {
          scope,
          spans: [
            {
              traceId,
              spanId: 'eee19b7ec3c1b174',
              parentSpanId: 'eee19b7ec3c1b173',
              traceState: 'a=b',
              name: 'GET /users/:id',
              kind: 2,
              startTimeUnixNano: '1700000000000000000',
              endTimeUnixNano: '1700000000012500000',
              attributes: [
                attribute('http.route', { stringValue: '/users/:id' }),
                attribute('http.response.status_code', { intValue: '500' }),
                attribute('big', { intValue: '9007199254740993' }),
                attribute('ratio', { doubleValue: 0.25 }),
                attribute('cached', { boolValue: false }),
                attribute('roles', { arrayValue: { values: [{ stringValue: 'a' }, { stringValue: 'b' }] } }),
                attribute('nested', { kvlistValue: { values: [attribute('x', { intValue: 1 })] } }),
                attribute('raw', { bytesValue: 'AQID' }),
                attribute('nothing', {}),
              ],
              events: [
                {
                  timeUnixNano: '1700000000001000000',
                  name: 'exception',
                  attributes: [attribute('exception.type', { stringValue: 'TypeError' })],
                },
              ],
              links: [{ traceId: '0'.repeat(31) + '1', spanId: '0'.repeat(15) + '2', attributes: [] }],
              status: { code: 2, message: 'no such user' },
            },
          ],
        },
      ],
    },
  ],
}

const at = { startTimeUnixNano: '1700000000000000000', timeUnixNano: '1700000001000000000' }
const attributes = [attribute('route', { stringValue: '/' })]

export const metricExport = {
  resourceMetrics: [
    {
      resource,
      scopeMetrics: [
        {
          scope,
          metrics: [
            { name: 'memory', unit: 'By', gauge: { dataPoints: [{ ...at, attributes, asInt: '-5' }] } },
            {
              name: 'orders',
              description: 'Orders taken',
              unit: '{order}',
              sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints: [{ ...at, attributes, asDouble: 1.5 }] },
            },
            {
              name: 'duration',
              unit: 's',
              histogram: {
                aggregationTemporality: 1,
                dataPoints: [
                  {
                    ...at,
                    attributes,
                    count: '3',
                    sum: 0.6,
                    min: 0.1,
                    max: 0.3,
                    bucketCounts: ['1', '2', '0'],
                    explicitBounds: [0.1, 1],
                    exemplars: [
                      {
                        timeUnixNano: at.timeUnixNano,
                        asDouble: 0.3,
                        spanId: 'eee19b7ec3c1b174',
                        traceId,
                        filteredAttributes: attributes,
                      },
                    ],
                  },
                ],
              },
            },
            {
              name: 'size',
              exponentialHistogram: {
                aggregationTemporality: 2,
                dataPoints: [
                  {
                    ...at,
                    attributes,
                    count: '4',
                    sum: 9,
                    scale: -1,
                    zeroCount: '1',
                    positive: { offset: -2, bucketCounts: ['1', '2'] },
                    negative: { offset: 0, bucketCounts: [] },
                  },
                ],
              },
            },
            {
              name: 'old',
              summary: {
                dataPoints: [
                  { ...at, attributes, count: '2', sum: 3, quantileValues: [{ quantile: 0.5, value: 1.5 }] },
                ],
              },
            },
          ],
        },
      ],
    },
  ],
}

export const logExport = {
  resourceLogs: [
    {
      resource,
      scopeLogs: [
        {
          scope,
          logRecords: [
            {
              timeUnixNano: '0',
              observedTimeUnixNano: '1700000000000000000',
              severityNumber: 17,
              severityText: 'ERROR',
              body: { stringValue: 'card refused' },
              attributes: [attribute('order', { intValue: '7' })],
              traceId,
              spanId: 'eee19b7ec3c1b174',
            },
            { timeUnixNano: '1700000000000000000', body: { stringValue: 'outside of any span' } },
          ],
        },
      ],
    },
  ],
}
