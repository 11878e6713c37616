import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { type Transform, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { type Classifier, createClassifier } from '../../probes/host/log/classify.ts'
import { wording } from '../model/language.ts'
import type { LogFinding } from '../model/log.ts'
import { LOGS } from '../texts/logs.ts'
import { fill, say } from '../texts/say.ts'
import { wrap } from './columns.ts'
import type { Context } from './context.ts'
import { EXIT, Failure } from './failure.ts'

const PIECE = 256 * 1024

const startsWith = (bytes: Uint8Array, ...magic: number[]): boolean => magic.every((byte, i) => bytes[i] === byte)

/** What unpacks a log that was packed, by its first bytes; none if it was not. */
const unpackersFor = (first: Uint8Array): Transform[] => (startsWith(first, 0x1f, 0x8b) ? [createGunzip()] : startsWith(first, 0x28, 0xb5, 0x2f, 0xfd) ? [createZstdDecompress()] : [])

const firstBytes = async (path: string): Promise<Uint8Array> => {
  await using file = await open(path)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0)
  return buffer.subarray(0, bytesRead)
}

const readAll = async (file: string, classifier: Classifier): Promise<void> => {
  const unpackers = file === '-' ? [] : unpackersFor(await firstBytes(file))
  const source = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: PIECE })
  const sink = new Writable({
    write: (piece: Buffer, _, done) => {
      classifier.push(piece)
      done()
    },
  })
  await pipeline([source, ...unpackers, sink])
  classifier.push(Buffer.from('\n'))
}

const inText = (finding: LogFinding, { language, width }: Context): string => {
  const span = finding.first === undefined ? '' : `  ${finding.first}${finding.last === finding.first ? '' : ` – ${finding.last}`}`
  return [
    `${say(language, `log.${finding.severity}`)}  ${finding.device}  ${finding.classes.join(', ')}  ×${finding.count}${span}`,
    ...wrap(wording(finding.meaning, language), width - 2).map((line) => `  ${line}`),
    ...(finding.follows ? [`  ${fill(LOGS.follows, language, { cause: finding.follows.class, device: finding.follows.device })}`] : []),
    ...wrap(finding.line, width - 4).map((line) => `  > ${line}`),
    '',
  ].join('\n')
}

/** posdiag logs FILE…: what kernel and service logs show, one finding a line as JSON, or as text on a terminal. Throws a Failure (66) for a file that cannot be read. */
export const logsCommand = async (files: readonly string[], options: { json?: boolean }, context: Context): Promise<number> => {
  const { language } = context
  if (files.length === 0 && process.stdin.isTTY) throw new Failure(EXIT.usage, LOGS['no-file'])
  const classifier = createClassifier(Date.now())
  for (const file of files.length > 0 ? files : ['-']) {
    try {
      await readAll(file, classifier)
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error)
      throw new Failure(EXIT.noInput, { zh: fill(LOGS.unreadable, 'zh-CN', { file, problem }), en: fill(LOGS.unreadable, 'en', { file, problem }) })
    }
  }
  const findings = classifier.end()
  const asText = process.stdout.isTTY === true && options.json !== true
  for (const finding of findings) context.out(asText ? inText(finding, context) : JSON.stringify(finding))
  const alarms = findings.filter(({ severity }) => severity !== 'info').length
  context.err(fill(findings.length === 0 ? LOGS.nothing : LOGS.summary, language, { findings: findings.length, alarms }))
  return EXIT.ready
}
