// A program that lives for as long as it has something to do. What it records arrives all the same.
import { trace } from '@opentelemetry/api'

const [pages] = process.argv.slice(2)
trace
  .getTracer('reports')
  .startActiveSpan('press', { attributes: { 'reports.pages': Number(pages) } }, span => span.end())
