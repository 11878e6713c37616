import type { ChannelTarget } from '../../../model/alerts.ts'
import type { Words } from '../words.ts'
import type { ChannelKind, Trouble } from './channel.ts'

type Target = Extract<ChannelTarget, { type: 'email' }>

/** Deadlines in ms: to be connected and greeted, and of a silence in between. */
const PATIENCE = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 15_000 } as const

const SIGN = { block: '[!!]', degraded: '[!]', advisory: '[i]', resolved: '[ok]' } as const

const textOf = ({ title, lines, link }: Words): string =>
  [title, '', ...lines.flatMap((l) => [`${SIGN[l.bad]} ${l.text}`, ...(l.link === undefined ? [] : [`     ${l.link}`])]), ...(link === undefined ? [] : ['', link]), ''].join('\n')

/** What the library threw. Replies of 4xx are for now, those of 5xx for good (RFC 5321, 4.2.1). */
const troubleOf = (error: unknown): Trouble => {
  const detail = error instanceof Error ? error.message : String(error)
  const reply = error instanceof Error && 'responseCode' in error ? Number(error.responseCode) : 0
  if (reply >= 400 && reply < 500) return { kind: 'busy', detail }
  if (reply >= 500) return { kind: 'refused', detail }
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return { kind: ['EAUTH', 'ENOAUTH', 'EENVELOPE', 'EMESSAGE', 'ETLS', 'EREQUIRETLS'].includes(code) ? 'refused' : 'no-answer', detail }
}

/** E-mail over SMTP. */
export const email: ChannelKind<Target> = {
  limits: [{ count: 20, perMs: 60_000 }],
  most: 500,
  robotOf: ({ host, port, from }) => `${host}:${port} ${from}`,
  leadsTo: ({ host, to }) => `${to.join(', ')} (${host})`,
  send: async ({ host, port, security, user, password, from, to }, { id, words, channel }) => {
    const { createTransport } = await import('nodemailer')
    const transport = createTransport({
      host, port, secure: security === 'tls', requireTLS: security === 'starttls', ignoreTLS: security === 'none', ...PATIENCE,
      disableFileAccess: true, disableUrlAccess: true, ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
    })
    try {
      const { rejected } = await transport.sendMail({
        from, to, subject: words.title, text: textOf(words), textEncoding: 'base64', messageId: `<${id}@posdiag>`,
        headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': channel.language },
      })
      return rejected.length === 0 ? undefined : { kind: 'refused', detail: `some mailboxes were refused: ${rejected.join(', ')}` }
    } catch (error) {
      return troubleOf(error)
    } finally {
      transport.close()
    }
  },
}
