import { signal } from '@preact/signals'
import type { Redated } from '../../../model/wire.ts'
import { ago, clock, lasting, momentOf, t } from '../words.ts'

/** Wall time, advanced every quarter of a minute: what shows an age grows old with it. */
export const now = signal(Date.now())
setInterval(() => {
  now.value = Date.now()
}, 15_000)

/** When a report was made; where the terminal's clock was wrong, by HQ's, with how exact that is. */
export const Made = ({ at, redated }: { at: number; redated?: Redated | undefined }) => redated === undefined
  ? clock(at)
  : <>≈ {clock(redated.at)} <small>{t('redated', { said: clock(at), off: lasting(redated.plusMinusMs) })}</small></>

/** How long ago something was; the absolute time on hover. */
export const Ago = ({ at }: { at: number }) => <time dateTime={momentOf(at).toISOString()} title={clock(at)}>{ago(at, now.value)}</time>
