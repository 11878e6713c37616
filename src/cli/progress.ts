import type { Progress } from '../model/check.ts'
import { say } from '../texts/say.ts'
import { cells } from './columns.ts'
import type { Context } from './context.ts'

/** Shows how far a check is on standard error: one line that is written over on a terminal, nothing elsewhere. */
export const progressLine = (context: Context): { hear(progress: Progress): void; end(): void } => {
  if (process.stderr.isTTY !== true) return { hear: () => undefined, end: () => undefined }
  let shown = 0
  const show = (text: string): void => {
    process.stderr.write(`\r${text}${' '.repeat(Math.max(0, shown - cells(text)))}`)
    shown = cells(text)
  }
  return {
    hear: (progress) => {
      if (progress.type !== 'probe') return
      const { run, looked, total } = progress
      const done = Math.round((looked / total) * 20)
      show(`[${'#'.repeat(done)}${'.'.repeat(20 - done)}] ${looked}/${total}  ${say(context.language, `kind.${run.kind}`)} ${run.device}: ${say(context.language, `outcome.${run.outcome}`)}`)
    },
    end: () => {
      if (shown === 0) return
      show('')
      process.stderr.write('\r')
    },
  }
}
