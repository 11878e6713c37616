import { readFile } from 'node:fs/promises'
import { text as textOf } from 'node:stream/consumers'
import type * as z from 'zod'
import { EXIT, Failure } from './failure.ts'

/** Text of a file, or of standard input for `-`. Throws a Failure with exit 66 that names the file. */
export const readInput = async (file: string): Promise<string> => {
  try {
    return file === '-' ? await textOf(process.stdin) : await readFile(file, 'utf8')
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    throw new Failure(EXIT.noInput, { zh: `不能读取 ${file}：${problem}`, en: `cannot read ${file}: ${problem}` })
  }
}

/** A JSON document of a published shape. Throws a Failure with exit 65-like meaning (66) that names the place of the first mistake. */
export const parseInput = <T>(schema: z.ZodType<T>, text: string, file: string, schemaName: string): T => {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    throw new Failure(EXIT.noInput, { zh: `${file} 不是 JSON：${problem}`, en: `${file} is not JSON: ${problem}` })
  }
  const parsed = schema.safeParse(document)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const place = `${file}${issue && issue.path.length > 0 ? ` ${issue.path.join('.')}` : ''}`
  throw new Failure(EXIT.noInput, {
    zh: `${place}：${issue?.message ?? ''}。格式见 posdiag schema ${schemaName}`,
    en: `${place}: ${issue?.message ?? ''}. posdiag schema ${schemaName} prints the format.`,
  })
}
