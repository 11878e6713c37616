import { createClassifier } from '../../../../probes/host/log/classify.ts'
import type { LogClass, LogFinding } from '../../../../src/model/log.ts'

/** The moment of these tests, local time. */
export const NOW = new Date(2026, 10, 22, 12, 0, 0).getTime()

/** What a log shows, given to the classifier in one piece or in pieces of so many bytes. */
export const findingsIn = (log: string, piece = Number.POSITIVE_INFINITY): LogFinding[] => {
  const classifier = createClassifier(NOW)
  const bytes = Buffer.from(log)
  for (let at = 0; at < bytes.length; at += piece) classifier.push(bytes.subarray(at, at + piece))
  return classifier.end()
}

/** Classes that a log shows, sorted, each once. */
export const classesIn = (...lines: readonly string[]): LogClass[] => [...new Set(findingsIn(lines.join('\n')).flatMap(({ classes }) => classes))].sort()
