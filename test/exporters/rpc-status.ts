/** `google.rpc.Status` with a message, and a `RetryInfo` among its details. */
export function rpcStatus(message: string, retry?: { readonly seconds: number; readonly nanos: number }): Buffer {
  const details =
    retry === undefined ? [] : [field(3, any('BadRequest', field(1, ''))), field(3, any('RetryInfo', delay(retry)))]
  return Buffer.concat([number(1, 8), field(2, message), ...details])
}

function any(name: string, value: Buffer): Buffer {
  return Buffer.concat([field(1, `type.googleapis.com/google.rpc.${name}`), field(2, value)])
}

function delay({ seconds, nanos }: { readonly seconds: number; readonly nanos: number }): Buffer {
  return field(1, Buffer.concat([number(1, seconds), number(2, nanos)]))
}

function field(number: number, content: string | Buffer): Buffer {
  const bytes = Buffer.from(content)
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...varint(bytes.length)]), bytes])
}

function number(field: number, value: number): Buffer {
  return Buffer.from([field << 3, ...varint(value)])
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]
}
