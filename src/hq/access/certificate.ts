import { TLSSocket } from 'node:tls'
import type { FastifyRequest } from 'fastify'
import { ProblemError } from '../problems.ts'

const namesOf = (socket: TLSSocket): string[] => {
  const { subject, subjectaltname = '' } = socket.getPeerCertificate()
  const alternatives = subjectaltname.split(', ').filter((name) => name.startsWith('DNS:')).map((name) => name.slice('DNS:'.length))
  return [subject?.CN, ...alternatives].flat().filter((name) => name !== undefined)
}

/**
 * Where terminals must show a certificate of the customer's own authority: throws a ProblemError (403) unless this connection has one
 * that is good and names the terminal, as common name or as DNS name.
 */
export const checkCertificate = (request: FastifyRequest, terminalId: string): void => {
  const { socket } = request.raw
  if (!(socket instanceof TLSSocket) || !socket.authorized) throw new ProblemError(403, 'client-certificate', 'this HQ wants a certificate of its own authority from every terminal; give the agent one (--client-cert, --client-key)')
  if (!namesOf(socket).includes(terminalId)) throw new ProblemError(403, 'client-certificate-name', `the certificate is not one of terminal ${terminalId}; its common name must be the terminal id`)
}
