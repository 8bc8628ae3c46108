/** As much of MessagePack as an agent of Datadog is sent: https://github.com/msgpack/msgpack/blob/master/spec.md */
export function decodeMsgpack(bytes: Buffer): unknown {
  let at = 0
  const take = (size: number): number => (at += size) - size
  const uint = (size: number): number => bytes.readUIntBE(take(size), size)
  const int = (size: number): number => bytes.readIntBE(take(size), size)
  const text = (size: number): string => bytes.toString('utf8', take(size), at)
  const raw = (size: number): Buffer => bytes.subarray(take(size), at)
  const list = (size: number): unknown[] => Array.from({ length: size }, read)
  const map = (size: number): object => Object.fromEntries(Array.from({ length: size }, () => [read(), read()]))
  const extension = (size: number): Buffer => raw(size + 1)

  const types: Readonly<Record<number, () => unknown>> = {
    0xc0: () => null,
    0xc2: () => false,
    0xc3: () => true,
    0xc4: () => raw(uint(1)),
    0xc5: () => raw(uint(2)),
    0xc6: () => raw(uint(4)),
    0xc7: () => extension(uint(1)),
    0xc8: () => extension(uint(2)),
    0xc9: () => extension(uint(4)),
    0xca: () => bytes.readFloatBE(take(4)),
    0xcb: () => bytes.readDoubleBE(take(8)),
    0xcc: () => uint(1),
    0xcd: () => uint(2),
    0xce: () => uint(4),
    0xcf: () => bytes.readBigUInt64BE(take(8)),
    0xd0: () => int(1),
    0xd1: () => int(2),
    0xd2: () => int(4),
    0xd3: () => bytes.readBigInt64BE(take(8)),
    0xd9: () => text(uint(1)),
    0xda: () => text(uint(2)),
    0xdb: () => text(uint(4)),
    0xdc: () => list(uint(2)),
    0xdd: () => list(uint(4)),
    0xde: () => map(uint(2)),
    0xdf: () => map(uint(4)),
  }

  function read(): unknown {
    const type = uint(1)
    if (type < 0x80) return type
    if (type < 0x90) return map(type & 0x0f)
    if (type < 0xa0) return list(type & 0x0f)
    if (type < 0xc0) return text(type & 0x1f)
    if (type >= 0xe0) return type - 0x100
    const known = types[type]
    if (known === undefined) throw new Error(`type ${type.toString(16)} of MessagePack is not expected`)
    return known()
  }

  return read()
}
