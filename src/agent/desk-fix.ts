import * as z from 'zod'
import { mask } from '../guard/card-data.ts'
import type { Language } from '../model/language.ts'
import type { Text } from '../model/text.ts'
import { detailIn } from '../texts/details.ts'
import type { RepairWords } from '../texts/repair.ts'
import { fill } from '../texts/say.ts'
import type { AgentStatus } from './agent.ts'
import { answerJson, DeskProblem, type IncomingMessage, readJson, type ServerResponse } from './desk-answer.ts'
import { DESK_TEXTS } from './desk-texts.ts'
import { type Fixer, FixProblem, type FixView } from './fixer.ts'
import type { FaultLookup } from './report.ts'

const code = z.string().regex(/^[A-Za-z]{3}(-[A-Za-z0-9]+)+$/).max(60).transform((text) => text.toUpperCase())
const device = z.string().max(100)

/** What to begin with, as it is posted. */
const StartBody = z.strictObject({ fault: code.optional(), device: device.optional() })

/** A reply to a proposal, as it is posted. */
const ReplyBody = z.strictObject({ revision: z.int().min(0), answer: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/).max(40), confirmed: z.boolean().optional() })

/** The same by a form of the page. */
const StartForm = z.object({ fault: code, device })
const ReplyForm = z.object({ revision: z.coerce.number().pipe(ReplyBody.shape.revision), answer: ReplyBody.shape.answer, confirmed: z.literal('yes').transform(() => true).optional() })

const STATUS: Readonly<Record<FixProblem['type'], number>> = { stale: 409, 'no-repair': 404, 'no-such-answer': 422, 'not-confirmed': 409 }

const TROUBLE: Partial<Record<FixProblem['type'], Text>> = { stale: DESK_TEXTS.stale, 'no-repair': DESK_TEXTS.stale, 'not-confirmed': DESK_TEXTS.unconfirmed }

const read = <T>(schema: z.ZodType<T>, body: unknown): T => {
  const result = schema.safeParse(body)
  if (!result.success) throw new DeskProblem(422, 'bad-request', mask(z.prettifyError(result.error)).text.slice(0, 500))
  return result.data
}

/** What went wrong, for a person. */
const troubleOf = (error: unknown): Text => {
  const known = error instanceof FixProblem ? TROUBLE[error.type] : undefined
  if (known) return known
  const why = error instanceof Error ? error.message : String(error)
  return { zh: fill(DESK_TEXTS.failed, 'zh-CN', { why: detailIn('zh-CN', why) }), en: fill(DESK_TEXTS.failed, 'en', { why }) }
}

/** What the repair at the desk is served from. */
export interface DeskFixParts {
  fixer: () => Fixer | undefined
  words: () => Promise<RepairWords>
  status: () => AgentStatus
  faults: FaultLookup
  formKey: string
}

/**
 * The guided repair at the desk. For programs: where it stands, begin or take up, an answer; each answered when the terminal has been
 * looked at. For the page: the same by forms, which are answered at once, as a page says meanwhile that it is being looked at.
 */
export const deskFix = ({ fixer, words, status, faults, formKey }: DeskFixParts) => {
  let busy = false
  let trouble: Text | undefined
  const guided = (): Fixer => {
    const one = fixer()
    if (!one) throw new DeskProblem(404, 'no-repair', 'this agent guides no repairs')
    return one
  }
  const work = async (ask: (one: Fixer) => Promise<FixView>): Promise<FixView> => {
    const one = guided()
    if (busy) throw new DeskProblem(409, 'busy', 'the repair is looking at the terminal; ask again when that is done')
    busy = true
    trouble = undefined
    try {
      return await ask(one)
    } finally {
      busy = false
    }
  }
  const serve = async (response: ServerResponse, ask: (one: Fixer) => Promise<FixView>): Promise<void> => {
    try {
      answerJson(response, 200, await work(ask))
    } catch (error) {
      throw error instanceof FixProblem ? new DeskProblem(STATUS[error.type], error.type, error.message) : error
    }
  }
  /** Sets about what a form asks; the page tells what comes of it. While the terminal is looked at the page says so, and nothing else is begun. */
  const setAbout = (ask: (one: Fixer) => Promise<FixView>): void => {
    guided()
    if (busy) return
    work(ask).catch((error: unknown) => {
      trouble = troubleOf(error)
    })
  }
  return {
    view: async (_request: IncomingMessage, response: ServerResponse): Promise<void> => answerJson(response, 200, await guided().view()),
    start: async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      const asked = read(StartBody, await readJson(request))
      await serve(response, (one) => one.start(asked.fault, asked.device))
    },
    reply: async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      const { revision, answer, confirmed } = read(ReplyBody, await readJson(request))
      await serve(response, (one) => one.reply({ revision, answer, ...(confirmed === undefined ? {} : { confirmed }) }))
    },
    /** What is being repaired, if anything is. */
    underWay: async () => {
      const view = await fixer()?.view()
      return view?.is === 'open' ? { fault: view.session.repair.fault, device: view.session.repair.device } : undefined
    },
    page: async (language: Language): Promise<string> => {
      const { renderFix } = await import('./desk-fix-page.ts')
      return renderFix({ status: status(), view: await guided().view(), busy, words: await words(), formKey, ...(trouble ? { trouble } : {}) }, language)
    },
    pageStart: (form: URLSearchParams): void => {
      const asked = read(StartForm, Object.fromEntries(form))
      setAbout(async (one) => {
        const view = await one.start(asked.fault, asked.device)
        const title = faults(asked.fault)?.title ?? { zh: asked.fault, en: asked.fault }
        if (view.is === 'none') trouble = { zh: fill(DESK_TEXTS.gone, 'zh-CN', { title: title.zh }), en: fill(DESK_TEXTS.gone, 'en', { title: title.en }) }
        return view
      })
    },
    pageReply: (form: URLSearchParams): void => {
      const asked = read(ReplyForm, Object.fromEntries(form))
      setAbout((one) => one.reply({ revision: asked.revision, answer: asked.answer, ...(asked.confirmed ? { confirmed: true } : {}) }))
    },
  }
}
