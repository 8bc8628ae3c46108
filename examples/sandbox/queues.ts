const { REDIS_URL = 'redis://127.0.0.1:6379' } = process.env

export const connection = { url: REDIS_URL, maxRetriesPerRequest: null }

/** Each queue by the kind of sandbox in which its jobs are done. */
export const sandboxes = [
  { queue: 'reports', useWorkerThreads: false },
  { queue: 'thumbnails', useWorkerThreads: true },
]
