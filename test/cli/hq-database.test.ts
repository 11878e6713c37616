import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { databaseOf } from '../../src/cli/hq-database.ts'

it('takes the database from the command line or the environment, and the password from a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'posdiag-database-'))
  const file = join(folder, 'password')
  writeFileSync(file, 's3cret\n')
  const url = 'postgres://posdiag@db.example/posdiag'
  expect(databaseOf({}, {})).toBeUndefined()
  expect(databaseOf({ store: url }, { POSDIAG_HQ_STORE: 'postgres://other/other' })).toEqual({ url })
  expect(databaseOf({ store: url, storePassword: file }, {})).toEqual({ url, password: 's3cret' })
  expect(databaseOf({}, { POSDIAG_HQ_STORE: 'postgres://u:p@h/d', POSDIAG_HQ_STORE_PASSWORD_FILE: file })).toEqual({ url: 'postgres://u:p@h/d', password: 's3cret' })
  writeFileSync(file, '\n')
  expect(() => databaseOf({ store: url, storePassword: file }, {})).toThrow(expect.objectContaining({ code: 78, message: expect.stringContaining(file) }))
  rmSync(folder, { recursive: true })
  expect(() => databaseOf({ store: url, storePassword: file }, {})).toThrow(expect.objectContaining({ code: 66 }))
})

it('refuses what is no address of a database, and a password that everybody on the machine could read', () => {
  for (const store of ['hq.sqlite', 'mysql://u@h/d', 'http://h']) expect(() => databaseOf({ store }, {})).toThrow(expect.objectContaining({ code: 64, message: expect.stringContaining('postgres://user@host') }))
  for (const store of ['postgres://u:p@h/d', 'postgresql://u@h/d?sslmode=require&password=p', 'postgres://:p@/d?host=/run']) {
    expect(() => databaseOf({ store }, {})).toThrow(expect.objectContaining({ code: 64, message: expect.stringContaining('--store-password') }))
  }
})
