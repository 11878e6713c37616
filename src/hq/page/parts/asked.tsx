import type { ComponentChildren } from 'preact'
import type { Asked, Failed } from '../data.ts'
import { t, trouble } from '../words.ts'
import { Ago } from './time.tsx'

/** Shows what was asked for, or that it is loading, or what went wrong; `say`: in the words of pages that have their own. */
export const Shown = <T,>({ asked, say = trouble, children }: { asked: Asked<T>; say?: (failed: Failed) => string; children: (value: T) => ComponentChildren }) => {
  if (asked.state === 'loading') return <p class="empty loading" role="status">{t('loading')}</p>
  if (asked.state === 'failed') return <p class="empty failed" role="alert">{say(asked)}</p>
  return (
    <div aria-busy={asked.renewing}>
      {asked.stale && <p class="warning" role="status">{t('stale')} <Ago at={asked.at} /></p>}
      {children(asked.value)}
    </div>
  )
}
