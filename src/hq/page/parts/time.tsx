import { signal } from '@preact/signals'
import { ago, clock, momentOf } from '../words.ts'

/** Wall time, advanced every quarter of a minute: what shows an age grows old with it. */
export const now = signal(Date.now())
setInterval(() => {
  now.value = Date.now()
}, 15_000)

/** How long ago something was; the absolute time on hover. */
export const Ago = ({ at }: { at: number }) => <time dateTime={momentOf(at).toISOString()} title={clock(at)}>{ago(at, now.value)}</time>
