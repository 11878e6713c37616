import { readFileSync } from 'node:fs'
import { EXIT, Failure } from './failure.ts'

/** Where HQ's database is, and the password if it came in a file. */
interface Database { url: string; password?: string }

const ADDRESS = /^postgres(ql)?:\/\//
const WITH_PASSWORD = /^[a-z]+:\/\/[^/@]*:[^/@]+@|[?&]password=/

const passwordIn = (file: string): string => {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    throw new Failure(EXIT.noInput, { zh: `不能读取数据库密码文件 ${file}：${problem}`, en: `cannot read the file with the password of the database, ${file}: ${problem}` })
  }
  const password = text.split('\n')[0]?.trim() ?? ''
  if (password === '') throw new Failure(EXIT.config, { zh: `数据库密码文件 ${file} 的第一行是空的；请把密码写在第一行`, en: `the first line of ${file} is empty; write the password of the database there` })
  return password
}

/**
 * The PostgreSQL database that the command line or the environment (POSDIAG_HQ_STORE, POSDIAG_HQ_STORE_PASSWORD_FILE) names; undefined
 * for the embedded one. Without a password file the driver takes PGPASSWORD or ~/.pgpass. Throws a Failure: 64 for an address that is
 * none, or that shows a password to everybody who lists processes; 66 or 78 for the file.
 */
export const databaseOf = (options: { store?: string; storePassword?: string }, env: NodeJS.ProcessEnv): Database | undefined => {
  const url = options.store ?? env.POSDIAG_HQ_STORE
  if (url === undefined || url === '') return undefined
  if (!ADDRESS.test(url)) throw new Failure(EXIT.usage, { zh: '数据库地址写成 postgres://用户@主机[:端口]/数据库', en: 'write the address of the database as postgres://user@host[:port]/database' })
  if (options.store !== undefined && WITH_PASSWORD.test(url)) {
    throw new Failure(EXIT.usage, {
      zh: '命令行上的密码本机所有人都能看到；请从地址里去掉，改用 --store-password 文件、PGPASSWORD 或 ~/.pgpass',
      en: 'a password on the command line is seen by everybody on this machine; take it out of the address and use --store-password FILE, PGPASSWORD or ~/.pgpass',
    })
  }
  const file = options.storePassword ?? env.POSDIAG_HQ_STORE_PASSWORD_FILE
  return { url, ...(file ? { password: passwordIn(file) } : {}) }
}
