import type { Role, Scope, UserRow } from '../../../src/model/access.ts'
import type { TestHq } from '../hq.ts'

/** The password of every person in tests. */
export const PASSWORD = 'correct horse battery'

/** A browser of somebody: asks with their cookie, as HQ's own page does. */
export interface Seat {
  cookie: string
  ask<T = unknown>(path: string, method?: string, body?: unknown): ReturnType<typeof askAs<T>>
}

const askAs = <T>(hq: TestHq, headers: Record<string, string>, path: string, method: string, body?: unknown) =>
  hq.ask<T>(path, { method, headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })

/** Whoever asks with these headers. */
export const seatWith = (hq: TestHq, headers: Record<string, string>): Seat => ({ cookie: headers.cookie ?? '', ask: (path, method = 'GET', body) => askAs(hq, headers, path, method, body) })

/** Signs somebody in; the answer's cookie is empty if HQ did not let them. */
export const signIn = async (hq: TestHq, name: string, password = PASSWORD) => {
  const answer = await hq.ask('/auth/sign-in', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name, password }) })
  return { status: answer.status, cookie: answer.headers.get('set-cookie')?.split(';')[0] ?? '', header: answer.headers.get('set-cookie') ?? '', answer }
}

/** Adds a person and takes a seat for them. */
export const seated = async (hq: TestHq, name: string, role: Role, scope?: Scope): Promise<Seat & { id: string }> => {
  const made = await hq.operate<UserRow>('/api/users', 'POST', { name, role, password: PASSWORD, ...(scope === undefined ? {} : { scope }) })
  if (made.status !== 201) throw new Error(made.text)
  const { cookie } = await signIn(hq, name)
  return { ...seatWith(hq, { cookie }), id: made.json.id }
}
