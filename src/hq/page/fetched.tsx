import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { live } from './data.ts'
import { t } from './words.ts'

/** A page whose code is fetched when it is first opened, and again when HQ is back after it could not be. */
export const fetched = <P extends object = object>(load: () => Promise<ComponentType<P>>): ComponentType<P> => {
  let known: ComponentType<P> | undefined
  return (props) => {
    const [Page, setPage] = useState<ComponentType<P> | undefined>(() => known)
    const [failed, setFailed] = useState<unknown>()
    const there = live.value === 'live'
    useEffect(() => {
      if (known) return
      load().then((page) => {
        known = page
        setPage(() => page)
      }, setFailed)
    }, [there])
    if (Page) return <Page {...props} />
    if (failed === undefined) return <p class="empty loading" role="status">{t('loading')}</p>
    return <p class="empty failed" role="alert">{there ? t('broke', { detail: failed instanceof Error ? failed.message : String(failed) }) : t('offline')}</p>
  }
}
