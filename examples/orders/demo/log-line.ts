export type LogRecord = Readonly<Record<string, unknown>>

/** Recognises the line that pino writes for this message, and for this order. */
export function findLogLine(msg: string, orderId?: string): (line: string) => LogRecord | undefined {
  return line => {
    const record = parse(line)
    return record?.['msg'] === msg && (orderId === undefined || record['orderId'] === orderId) ? record : undefined
  }
}

function parse(line: string): LogRecord | undefined {
  try {
    return JSON.parse(line)
  } catch {
    return undefined // not every line on stdout has to be pino's
  }
}
