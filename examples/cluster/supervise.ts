import cluster from 'node:cluster'

/** Keeps this many workers, and tells them when it is time to stop. It ends when the last of them has. */
export function supervise(count: number): void {
  let isStopping = false
  const stop = () => {
    isStopping = true
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGTERM')
  }
  process.once('SIGTERM', stop).once('SIGINT', stop)
  cluster.on('exit', () => {
    if (!isStopping) cluster.fork()
  })
  for (let worker = 1; worker <= count; worker++) cluster.fork()
}
