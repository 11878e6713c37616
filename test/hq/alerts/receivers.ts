import { type AddressInfo, createServer, type Socket } from 'node:net'

/** A request as it came over the wire. */
export interface Heard { line: string; headers: Map<string, string>; body: string; raw: Buffer }

/** A server that hears what comes and answers bytes; `answer` is asked for each request, and one without an answer stays silent. */
export interface Receiver { port: number; url: string; heard: Heard[]; close(): Promise<void> }

const listening = async (onConnection: (socket: Socket) => void): Promise<{ port: number; close(): Promise<void> }> => {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    onConnection(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** An HTTP/1.1 answer as bytes. */
export const http = (status: string, body: string, ...headers: string[]): string =>
  [`HTTP/1.1 ${status}`, `Content-Length: ${Buffer.byteLength(body)}`, 'Connection: close', ...headers, '', body].join('\r\n')

/** Reads one request out of what came so far; undefined while it is not whole. */
const requestIn = (raw: Buffer): Heard | undefined => {
  const end = raw.indexOf('\r\n\r\n')
  if (end === -1) return undefined
  const [line = '', ...rest] = raw.subarray(0, end).toString('latin1').split('\r\n')
  const headers = new Map(rest.map((h) => [h.slice(0, h.indexOf(':')).toLowerCase(), h.slice(h.indexOf(':') + 1).trim()]))
  const body = raw.subarray(end + 4)
  return body.length < Number(headers.get('content-length') ?? 0) ? undefined : { line, headers, body: body.toString(), raw }
}

/** An HTTP receiver on loopback. */
export const httpReceiver = async (answer: (heard: Heard, nth: number) => string | undefined): Promise<Receiver> => {
  const heard: Heard[] = []
  const { port, close } = await listening((socket) => {
    let raw = Buffer.alloc(0)
    socket.on('data', (chunk: Buffer) => {
      raw = Buffer.concat([raw, chunk])
      const request = requestIn(raw)
      if (request === undefined) return
      heard.push(request)
      const bytes = answer(request, heard.length)
      if (bytes !== undefined) socket.end(bytes)
    })
  })
  return { port, url: `http://127.0.0.1:${port}`, heard, close }
}

/** A mail server on loopback that says what `answers` holds for each command's first word (250 unless told), and keeps what was said to it. */
export interface MailServer { port: number; said: string[]; mails: string[]; close(): Promise<void> }

/** Starts one. */
export const mailServer = async (answers: Readonly<Record<string, string>> = {}): Promise<MailServer> => {
  const said: string[] = []
  const mails: string[] = []
  const { port, close } = await listening((socket) => {
    let buffer = ''
    let mail: string[] | undefined
    const hear = (line: string): void => {
      if (mail !== undefined) {
        if (line !== '.') {
          mail.push(line)
          return
        }
        mails.push(mail.join('\r\n'))
        mail = undefined
        socket.write(`${answers['.'] ?? '250 2.0.0 taken'}\r\n`)
        return
      }
      said.push(line)
      const word = line.split(' ')[0]?.toUpperCase() ?? ''
      const answer = answers[word] ?? (word === 'DATA' ? '354 go on' : word === 'QUIT' ? '221 bye' : '250 fine')
      if (answer.startsWith('354')) mail = []
      socket.write(`${answer}\r\n`)
    }
    socket.write(`${answers.greeting ?? '220 mail.test ESMTP'}\r\n`)
    socket.on('data', (chunk: Buffer) => {
      const lines = (buffer + chunk.toString()).split('\r\n')
      buffer = lines.pop() ?? ''
      for (const line of lines) hear(line)
    })
  })
  return { port, said, mails, close }
}
