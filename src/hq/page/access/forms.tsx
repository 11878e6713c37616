import { useState } from 'preact/hooks'
import type { Role } from '../../../model/access.ts'
import type { Failed } from '../data.ts'
import { t, trouble } from '../words.ts'
import { a, wordOf } from './words.ts'

const ROLES: readonly Role[] = ['viewer', 'technician', 'manager', 'administrator']

/** Asks for a role, and says what it may. */
export const RoleField = ({ value, onChange }: { value: Role; onChange: (role: Role) => void }) => (
  <label>{a('role')} <select value={value} onChange={(e) => onChange(ROLES.find((r) => r === e.currentTarget.value) ?? 'viewer')}>
    {ROLES.map((r) => <option key={r} value={r}>{wordOf('role', r)}</option>)}
  </select> <small>{wordOf('may', value)}</small></label>
)

/** What went wrong, in these pages' words where they have some. */
export const troubleHere = (failed: Failed): string => {
  const said = wordOf('problem', failed.kind)
  return said === failed.kind ? trouble(failed) : said
}

/** Says what went wrong, if anything did. */
export const Trouble = ({ failed }: { failed: Failed | undefined }) => (failed ? <p class="failed" role="alert">{troubleHere(failed)}</p> : null)

/** A secret that is shown this once, with a button that copies it. */
export const Once = ({ hint, secret }: { hint: string; secret: string }) => {
  const [copied, setCopied] = useState(false)
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(secret)
    setCopied(true)
  }
  return (
    <section class="card" role="status">
      <p>{hint}</p>
      <p class="token"><code>{secret}</code> {isSecureContext && <button type="button" onClick={copy}>{t(copied ? 'copied' : 'copy')}</button>}</p>
    </section>
  )
}
