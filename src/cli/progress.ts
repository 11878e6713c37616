import type { Progress } from '../model/check.ts'
import { say } from '../texts/say.ts'
import { cells } from './columns.ts'
import type { Context } from './context.ts'

/** One line on standard error that is written over, and gone at the end; nothing where that is no terminal. */
export const statusLine = (): { show(text: string): void; end(): void } => {
  if (process.stderr.isTTY !== true) return { show: () => undefined, end: () => undefined }
  let shown = 0
  const show = (text: string): void => {
    process.stderr.write(`\r${text}${' '.repeat(Math.max(0, shown - cells(text)))}`)
    shown = cells(text)
  }
  return {
    show,
    end: () => {
      if (shown === 0) return
      show('')
      process.stderr.write('\r')
    },
  }
}

/** Shows how far a check is on standard error. */
export const progressLine = (context: Context): { hear(progress: Progress): void; end(): void } => {
  const { show, end } = statusLine()
  return {
    end,
    hear: (progress) => {
      if (progress.type !== 'probe') return
      const { run, looked, total } = progress
      const done = Math.round((looked / total) * 20)
      show(`[${'#'.repeat(done)}${'.'.repeat(20 - done)}] ${looked}/${total}  ${say(context.language, `kind.${run.kind}`)} ${run.device}: ${say(context.language, `outcome.${run.outcome}`)}`)
    },
  }
}
