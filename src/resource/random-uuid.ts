/** A version 4 UUID to tell processes apart, as trace ids do: loading `node:crypto` takes longer than all else about it. */
export function randomUuid(): string {
  return 'xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx'.replaceAll(/[xy]/g, digit =>
    Math.floor(digit === 'x' ? Math.random() * 16 : 8 + Math.random() * 4).toString(16),
  )
}
