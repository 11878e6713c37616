import pty from '@lydell/node-pty'
import { FIX_TEXTS } from '../../src/texts/fix.ts'
import type { FixCase } from './fix-cases.ts'
import { POSDIAG } from './till.ts'

/** Cells of the terminal that a transcript is made on. */
export const COLUMNS = 80

const LANGUAGE = { 'zh-CN': 'zh', en: 'en' } as const
type Language = keyof typeof LANGUAGE

/** What a terminal shows after these bytes: colours and moves taken out, lines written over replaced. */
export const screenOf = (bytes: string): string =>
  bytes.replaceAll(/\u001b\[[0-9;?]*[A-Za-z]/g, '').split('\n').map((line) => {
    const [first = '', ...over] = line.replace(/\r+$/, '').split('\r')
    return over.reduce((shown, part) => part + shown.slice(part.length), first).trimEnd()
  }).join('\n')

export interface Told {
  screen: string
  code: number
  /** Every step that was proposed, in order. */
  proposed: string[]
}

/** How many questions a repair may take before the test is taken to have failed. */
const MOST = 20

/**
 * Runs posdiag fix on a terminal of its own, with a person before it who does what is asked and answers what is seen. `stepOf` tells
 * the id of the step or test that stands on the screen; `until` ends the program at that question, as a power cut does.
 */
export const repair = (of: FixCase, args: readonly string[], language: Language, stepOf: (screen: string) => string, until = MOST): Promise<Told> =>
  new Promise((resolve, reject) => {
    const { NO_COLOR: _, ...env } = process.env
    const child = pty.spawn(process.execPath, [POSDIAG, 'fix', ...args, '--lang', language], { cols: COLUMNS, rows: 50, env: { ...env, TERM: 'dumb' } as Record<string, string> })
    const prompt = FIX_TEXTS['fix.choose'][LANGUAGE[language]]
    const proposed: string[] = []
    let all = ''
    let fresh = ''
    const answer = async (): Promise<void> => {
      const screen = screenOf(fresh)
      fresh = ''
      const step = stepOf(screen)
      proposed.push(step)
      if (proposed.length >= until) {
        child.kill('SIGKILL')
        return
      }
      if (proposed.length > MOST) throw new Error(`it goes on and on:\n${screenOf(all)}`)
      const told = of.sees[step]
      const isTest = !screen.includes(FIX_TEXTS['fix.done'][LANGUAGE[language]])
      if (!isTest) await of.does(step)
      const wanted = isTest ? (told === undefined ? FIX_TEXTS['fix.cannot-tell'][LANGUAGE[language]] : told) : FIX_TEXTS['fix.done'][LANGUAGE[language]]
      const numbered = screen.split('\n').flatMap((line) => /^ {2}(\d+)\) (.*)$/.exec(line)?.slice(1) ?? [])
      const at = numbered.findIndex((text, i) => i % 2 === 1 && text.endsWith(wanted))
      child.write(`${isTest && told !== undefined ? told : numbered[at - 1]}\r`)
    }
    child.onData((chunk) => {
      all += chunk
      fresh += chunk
      if (screenOf(fresh).endsWith(prompt.trimEnd())) answer().catch((error: unknown) => { child.kill(); reject(error) })
    })
    child.onExit(({ exitCode }) => resolve({ screen: screenOf(all), code: exitCode, proposed }))
  })
