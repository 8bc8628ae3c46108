import cluster from 'node:cluster'
import { serve } from './serve.ts'
import { supervise } from './supervise.ts'

if (cluster.isPrimary) supervise(Number(process.env['WORKERS'] ?? 2))
else await serve()
