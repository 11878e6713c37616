import type { Language } from '../model/language.ts'
import { wording } from '../model/language.ts'
import type { Text } from '../model/text.ts'

/** Exit codes beyond those of a check; numbers as in sysexits. */
export const EXIT = { ready: 0, degraded: 1, blocked: 2, unknown: 3, usage: 64, noInput: 66, unavailable: 69, bug: 70, cannotCreate: 73, temporary: 75, config: 78 } as const

/** Something that a person must put right: said in the person's language, without a stack, with an exit code of EXIT. */
export class Failure extends Error {
  readonly code: number
  readonly text: Text
  constructor(code: number, text: Text) {
    super(text.en)
    this.name = 'Failure'
    this.code = code
    this.text = text
  }

  /** The message in the reader's language. */
  in(language: Language): string {
    return wording(this.text, language)
  }
}
