import { useEffect, useState } from 'preact/hooks'
import type { SignInWays } from '../../../model/access.ts'
import { type Failed, send } from '../data.ts'
import { me } from '../me.ts'
import { place } from '../router.ts'
import { useTitle } from '../title.ts'
import { Trouble } from './forms.tsx'
import { a } from './words.ts'

/** What the address says went wrong at the company's own sign-in. */
const brought = (): Failed | undefined => {
  const kind = place.value.query.get('problem')
  return kind === null ? undefined : { state: 'failed', status: 403, kind, detail: kind }
}

/** Asks who is there. */
export const SignInPage = () => {
  useTitle(a('sign-in'))
  const [ways, setWays] = useState<SignInWays>()
  const [failed, setFailed] = useState(brought)
  useEffect(() => {
    void send<SignInWays>('GET', '/auth/ways').then((answer) => {
      if (answer.state === 'here') setWays(answer.value)
    })
  }, [])
  const signIn = async (event: SubmitEvent & { currentTarget: HTMLFormElement }): Promise<void> => {
    event.preventDefault()
    const answer = await send('POST', '/auth/sign-in', Object.fromEntries(new FormData(event.currentTarget)))
    if (answer.state === 'failed') return setFailed(answer)
    // Everything is asked anew in the name of whoever signed in, and nothing is left of who was there before.
    location.assign(place.value.path === '/sign-in' ? '/' : place.value.path + location.search)
  }
  return (
    <section class="card sign-in">
      <h1>{a('sign-in')}</h1>
      {me.value && !failed && <p role="status">{a('session-over')}</p>}
      <Trouble failed={failed} />
      {ways?.provider !== undefined && <p><a class="button primary" href="/auth/oidc" target="_self">{a('sign-in-with', { provider: ways.provider })}</a></p>}
      <form onSubmit={signIn}>
        <label>{a('name')} <input name="name" required maxLength={100} autoComplete="username" autoCapitalize="none" spellcheck={false} /></label>
        <label>{a('password')} <input name="password" type="password" required maxLength={200} autoComplete="current-password" /></label>
        <button type="submit" class="primary">{a('sign-in')}</button>
      </form>
      <p class="hint">{a('sign-in-hint')}</p>
    </section>
  )
}
