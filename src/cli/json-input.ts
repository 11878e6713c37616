import { readFile } from 'node:fs/promises'
import { text as textOf } from 'node:stream/consumers'
import type * as z from 'zod'
import type { Text } from '../model/text.ts'
import { EXIT, Failure } from './failure.ts'
import { mistakesIn } from './issues.ts'

/** Text of a file, or of standard input for `-`. Throws a Failure with exit 66 that names the file. */
export const readInput = async (file: string): Promise<string> => {
  try {
    return file === '-' ? await textOf(process.stdin) : await readFile(file, 'utf8')
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    throw new Failure(EXIT.noInput, { zh: `不能读取 ${file}：${problem}`, en: `cannot read ${file}: ${problem}` })
  }
}

/** A JSON document of a published shape. Throws a Failure with exit 66 that names the place of the first mistakes. */
export const parseInput = <T>(schema: z.ZodType<T>, text: string, file: string, schemaName: string): T => {
  const name: Text = file === '-' ? { zh: '标准输入', en: 'standard input' } : { zh: `${file} `, en: file }
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    throw new Failure(EXIT.noInput, { zh: `${name.zh}不是 JSON：${problem}`, en: `${name.en} is not JSON: ${problem}` })
  }
  const parsed = schema.safeParse(document, { reportInput: true })
  if (parsed.success) return parsed.data
  const { told } = mistakesIn(parsed.error)
  throw new Failure(EXIT.noInput, {
    zh: `${name.zh}有错误：${told.zh}。格式见 posdiag schema ${schemaName}`,
    en: `${name.en}: ${told.en}. posdiag schema ${schemaName} prints the format.`,
  })
}
