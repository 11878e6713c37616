import * as z from 'zod'
import { mask } from '../guard/card-data.ts'
import { answerJson, DeskProblem, type IncomingMessage, readJson, type ServerResponse } from './desk-answer.ts'
import { type Fixer, FixProblem, type FixView } from './fixer.ts'

const StartBody = z.strictObject({ fault: z.string().regex(/^[A-Za-z]{3}(-[A-Za-z0-9]+)+$/).optional() })

/** A reply to a proposal, as it is posted. */
const ReplyBody = z.strictObject({ revision: z.int().min(0), answer: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/).max(40), confirmed: z.boolean().optional() })

const STATUS: Readonly<Record<FixProblem['type'], number>> = { stale: 409, 'no-repair': 404, 'no-such-answer': 422, 'not-confirmed': 409 }

const read = <T>(schema: z.ZodType<T>, body: unknown): T => {
  const result = schema.safeParse(body)
  if (!result.success) throw new DeskProblem(422, 'bad-request', mask(z.prettifyError(result.error)).text.slice(0, 500))
  return result.data
}

/** Answers what is asked of the guided repair: where it stands (GET), begin or take up (POST /v1/fix), an answer (POST /v1/fix/reply). */
export const deskFix = (fixer: () => Fixer | undefined) => {
  let busy = false
  const serve = async (response: ServerResponse, work: (fixer: Fixer) => Promise<FixView>): Promise<void> => {
    const one = fixer()
    if (!one) throw new DeskProblem(404, 'no-repair', 'this agent guides no repairs')
    if (busy) throw new DeskProblem(409, 'busy', 'the repair is looking at the terminal; ask again when that is done')
    busy = true
    try {
      answerJson(response, 200, await work(one))
    } catch (error) {
      throw error instanceof FixProblem ? new DeskProblem(STATUS[error.type], error.type, error.message) : error
    } finally {
      busy = false
    }
  }
  return {
    view: async (_request: IncomingMessage, response: ServerResponse): Promise<void> => {
      const one = fixer()
      if (!one) throw new DeskProblem(404, 'no-repair', 'this agent guides no repairs')
      answerJson(response, 200, await one.view())
    },
    start: async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      const { fault } = read(StartBody, await readJson(request))
      await serve(response, (one) => one.start(fault?.toUpperCase()))
    },
    reply: async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      const { revision, answer, confirmed } = read(ReplyBody, await readJson(request))
      await serve(response, (one) => one.reply({ revision, answer, ...(confirmed === undefined ? {} : { confirmed }) }))
    },
  }
}
