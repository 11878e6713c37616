import { rulesOf } from '../journal/reconcile.ts'
import type { TerminalFile } from '../model/terminal.ts'
import type { Text } from '../model/text.ts'
import { fill } from '../texts/say.ts'
import { TEXTS } from '../texts/texts.ts'
import { cameBack, readCases, stageOf } from './cases.ts'
import { DESK_TEXTS } from './desk-texts.ts'
import { unknownOutcomes } from './journal-state.ts'
import { ladderOf, nextRung } from './ladder.ts'
import type { FaultLookup } from './report.ts'
import type { Store } from './store.ts'
import { dayText, duePlan, dueTitle } from './upkeep.ts'
import { upkeepFacts } from './upkeep-facts.ts'

/** One thing that somebody in the shop must see to; `late` if its time is past. */
export interface DueLine { text: Text; late: boolean }

/** Lines of each sort that the desk shows: more is a list for the command line. */
const MOST = 5

const inBoth = (text: Text, params: (language: 'zh-CN' | 'en') => Record<string, string | number>): Text => ({ zh: fill(text, 'zh-CN', params('zh-CN')), en: fill(text, 'en', params('en')) })

/** What is due at this terminal: payments in doubt, matters with a rung to be told, upkeep, fees and papers whose day has come. */
export const dueLines = (store: Store, stateDir: string, terminal: TerminalFile, faults: FaultLookup, now: number): DueLine[] => {
  const rules = rulesOf(terminal.money, now)
  const unknown = unknownOutcomes(store.db, rules).length
  const facts = { service: terminal.service, settlement: terminal.money.settlement, offsetMs: rules.offsetMs, dayEnd: rules.dayEnd }
  const matters = readCases(store.db).filter((one) => !['watching', 'closed'].includes(stageOf(one, now, cameBack(store.db, one)))).slice(0, MOST).flatMap((one): DueLine[] => {
    const next = nextRung(ladderOf(one, facts))
    const fault = faults(one.fault)
    if (!next) return []
    const at = `${dayText(next.dueAt, rules.offsetMs)} ${new Date(next.dueAt + rules.offsetMs).toISOString().slice(11, 16)}`
    const title = (language: 'zh-CN' | 'en'): string => (fault ? fault.title[language === 'en' ? 'en' : 'zh'] : one.fault)
    return [{ late: next.dueAt < now, text: inBoth(DESK_TEXTS.matter, (language) => ({ title: title(language), who: fill(TEXTS[`role.${next.role}`], language), at })) }]
  })
  const upkeep = duePlan(upkeepFacts(store, stateDir, terminal, now)).filter(({ left, task }) => left <= 0 || task === 'fee' || task === 'paper').slice(0, MOST)
    .map((due): DueLine => ({ late: due.left < 0, text: inBoth(DESK_TEXTS.due, (language) => ({ title: dueTitle(due)[language === 'en' ? 'en' : 'zh'], at: dayText(due.dueAt, rules.offsetMs) })) }))
  return [...(unknown === 0 ? [] : [{ late: true, text: inBoth(DESK_TEXTS.doubt, () => ({ n: unknown })) }]), ...matters, ...upkeep]
}
