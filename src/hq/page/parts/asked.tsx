import type { ComponentChildren } from 'preact'
import type { Asked, Failed } from '../data.ts'
import { t, trouble } from '../words.ts'
import { Ago } from './time.tsx'

/** Shows what was asked for, or that it is loading, or what went wrong, in a page's own words if it has some. */
export const Shown = <T,>({ asked, words = trouble, children }: { asked: Asked<T>; words?: (failed: Failed) => string; children: (value: T) => ComponentChildren }) => {
  if (asked.state === 'loading') return <p class="empty loading" role="status">{t('loading')}</p>
  if (asked.state === 'failed') return <p class="empty failed" role="alert">{words(asked)}</p>
  return (
    <div aria-busy={asked.renewing}>
      {asked.stale && <p class="warning" role="status">{t('stale')} <Ago at={asked.at} /></p>}
      {children(asked.value)}
    </div>
  )
}
