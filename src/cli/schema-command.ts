import type { Context } from './context.ts'
import { EXIT, Failure } from './failure.ts'
import { jsonSchema, SCHEMAS } from './schemas.ts'

const known = (name: string): name is keyof typeof SCHEMAS => name in SCHEMAS

/** posdiag schema [NAME]: one published schema as JSON Schema 2020-12, or the names. Throws a Failure (64) for an unknown name. */
export const schemaCommand = async (name: string | undefined, context: Context): Promise<number> => {
  const names = Object.keys(SCHEMAS).join(', ')
  if (name === undefined) context.out(Object.keys(SCHEMAS).join('\n'))
  else if (known(name)) context.out(JSON.stringify(jsonSchema(name), null, 2))
  else throw new Failure(EXIT.usage, { zh: `没有格式 ${name}。可用：${names}`, en: `no schema ${name}. Known: ${names}` })
  return EXIT.ready
}
