import { signal } from '@preact/signals'
import type { Me, Role } from '../../model/access.ts'
import { send } from './data.ts'

/** Who is signed in; undefined until HQ has said. */
export const me = signal<Me | undefined>(undefined)

const LADDER: readonly Role[] = ['viewer', 'technician', 'manager', 'administrator']

/** True if who is signed in may do what this role may; false until HQ has said. */
export const mayAs = (role: Role): boolean => me.value !== undefined && LADDER.indexOf(me.value.role) >= LADDER.indexOf(role)

/** Asks HQ who is signed in. */
export const learn = async (): Promise<void> => {
  const answer = await send<Me>('GET', '/api/me')
  if (answer.state === 'here') me.value = answer.value
}
