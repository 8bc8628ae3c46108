import { connect, type Socket } from 'node:net'

/** A kept-alive connection that costs as little as possible: it writes the same bytes and waits for a whole answer. */
export class Connection {
  readonly #socket: Socket
  readonly #request: string
  #received = ''
  #resolve: (isOk: boolean) => void = () => {}

  constructor(port: number, path: string) {
    this.#request = `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nuser-agent: bench\r\n\r\n`
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true }).setEncoding('latin1')
    this.#socket.on('data', chunk => this.#read(String(chunk)))
    this.#socket.on('error', () => this.#resolve(false))
    this.#socket.on('close', () => this.#resolve(false))
  }

  /** True for an answer with status 200. */
  request(): Promise<boolean> {
    if (this.#socket.destroyed) return Promise.resolve(false)
    return new Promise(resolve => {
      this.#resolve = resolve
      this.#received = ''
      this.#socket.write(this.#request)
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #read(chunk: string): void {
    this.#received += chunk
    const head = this.#received.indexOf('\r\n\r\n')
    if (head < 0) return
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(this.#received)?.[1])
    if (this.#received.length >= head + 4 + length) this.#resolve(this.#received.startsWith('HTTP/1.1 200'))
  }
}
