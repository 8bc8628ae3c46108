/** An order, as the API answers it, the cache keeps it and Postgres stores it. */
export interface Order {
  readonly id: string
  readonly item: string
  readonly quantity: number
  readonly status: 'received' | 'shipped'
  readonly tracking: string | null
}

/** The job by which the API asks the worker to fulfil an order. */
export interface FulfilJob {
  readonly orderId: string
}

export const fulfilmentQueue = 'fulfilment'
export const cacheKey = (id: string): string => `order:${id}`
export const cacheSeconds = 3600

export const createTable = `
  create table if not exists orders (
    id text primary key,
    item text not null,
    quantity int not null,
    status text not null default 'received',
    tracking text
  )`

/** What a client may send: `{ "item": "tea", "quantity": 2 }`. Anything else gives undefined. */
export function parseOrder(body: unknown): Pick<Order, 'item' | 'quantity'> | undefined {
  const { item, quantity } = (body ?? {}) as Record<string, unknown>
  if (typeof item !== 'string' || item.length === 0 || item.length > 100) return undefined
  if (typeof quantity !== 'number' || !Number.isInteger(quantity) || quantity < 1 || quantity > 1000) return undefined
  return { item, quantity }
}
