import type { ComponentChildren } from 'preact'
import type { Asked } from '../data.ts'
import { t } from '../words.ts'

/** Shows what was asked for, or that it is loading, or what went wrong. */
export const Shown = <T,>({ asked, children }: { asked: Asked<T>; children: (value: T) => ComponentChildren }) => {
  if (asked.state === 'loading') return <p class="empty" role="status">{t('loading')}</p>
  if (asked.state === 'failed') return <p class="empty failed" role="alert">{asked.status === 401 ? t('sign-in') : t('failed', { detail: asked.detail })}</p>
  return (
    <>
      {asked.stale && <p class="warning" role="status">{t('stale')}</p>}
      {children(asked.value)}
    </>
  )
}
