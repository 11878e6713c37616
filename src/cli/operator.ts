import { createInterface } from 'node:readline/promises'
import { BenchError, type Operator } from '../model/bench.ts'
import { wording } from '../model/language.ts'
import type { Context } from './context.ts'

/** Asks a person at this terminal. */
export const operatorAt = (context: Context): Operator => ({
  ask: async (question, options) => {
    const line = createInterface({ input: process.stdin, output: process.stderr })
    try {
      const choices = options.map((o) => `${o.key}) ${context.language === 'en' ? o.en : o.zh}`).join('  ')
      const typed = await line.question(`${wording(question, context.language)}  ${choices}  `).catch((error: unknown) => {
        // Ctrl+D, or the end of what is piped in.
        if (error instanceof Error && error.name === 'AbortError') throw new BenchError('missing', 'no answer')
        throw error
      })
      const answer = typed.trim()
      if (!options.some((o) => o.key === answer)) throw new BenchError('missing', 'no answer')
      return answer
    } finally {
      line.close()
    }
  },
})
