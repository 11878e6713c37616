import type { FastifyRequest } from 'fastify'
import type { TerminalRow } from '../../model/wire.ts'
import type { Context } from '../context.ts'
import { ProblemError } from '../problems.ts'
import { maySee } from './who.ts'

/** The terminal, if it is within the scope of who asks; rejects with a ProblemError (404) as if there were none if it is not. */
export const seenTerminal = async (request: FastifyRequest, { store, now, beatMs }: Context, id: string): Promise<TerminalRow> => {
  const terminal = await store.terminal(id, { now: now(), beatMs })
  if (terminal === undefined || !maySee(request, terminal.terminal)) throw new ProblemError(404, 'terminal', 'there is no such terminal')
  return terminal
}
