import { catalogue } from '../faults/index.ts'
import { wording } from '../model/language.ts'
import { fill, say } from '../texts/say.ts'
import { TEXTS } from '../texts/texts.ts'
import { table, wrap } from './columns.ts'
import type { Context } from './context.ts'
import { EXIT, Failure } from './failure.ts'

/** posdiag explain [CODE]: one fault of the catalogue for a person (or as JSON), or the list of all. Throws a Failure for an unknown code. */
export const explain = (code: string | undefined, options: { json?: boolean }, context: Context): number => {
  const { language, out } = context
  const faults = catalogue.faults
  if (code === undefined) {
    out(options.json ? JSON.stringify(faults, null, 2) : table(faults.map((f) => [f.code, say(language, `severity.${f.severity}`), wording(f.title, language)])).join('\n'))
    return EXIT.ready
  }
  const fault = faults.find((f) => f.code === code.toUpperCase())
  if (!fault) throw new Failure(EXIT.usage, { zh: fill(TEXTS['explain.unknown'], 'zh-CN', { code }), en: fill(TEXTS['explain.unknown'], 'en', { code }) })
  if (options.json) {
    out(JSON.stringify(fault, null, 2))
    return EXIT.ready
  }
  const part = (label: string, text: string): string[] => [label, ...wrap(text, context.width - 4).map((line) => `  ${line}`), '']
  const actors = fault.actors.map((a) => say(language, `actor.${a}`)).join(' → ')
  out([
    `${fault.code}  ${wording(fault.title, language)}  (${say(language, `severity.${fault.severity}`)})`,
    '',
    ...part(say(language, 'explain.signs'), wording(fault.signs, language)),
    ...part(say(language, 'explain.causes'), wording(fault.causes, language)),
    say(language, 'check.do', { actor: actors }),
    ...fault.remedy.steps.flatMap((step, i) => wrap(wording(step, language), context.width - 6).map((line, j) => `  ${j === 0 ? `${i + 1}.` : '  '} ${line}`)),
    '',
    ...part(say(language, 'check.workaround'), wording(fault.remedy.workaround, language)),
    ...part(say(language, 'check.verify'), wording(fault.remedy.verify, language)),
    ...part(say(language, 'explain.evidence'), wording(fault.evidence, language)),
    ...part(say(language, 'explain.detect'), fault.detect),
  ].join('\n').trimEnd())
  return EXIT.ready
}
