import type { ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { t } from './words.ts'

/** A page whose code is fetched when it is first opened. */
export const fetched = <Props extends object = object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> => {
  let known: ComponentType<Props> | undefined
  return (props) => {
    const [Page, setPage] = useState<ComponentType<Props> | undefined>(() => known)
    const [failed, setFailed] = useState<unknown>()
    useEffect(() => {
      if (known) return
      load().then((page) => {
        known = page
        setPage(() => page)
      }, setFailed)
    }, [])
    if (failed) throw failed
    return Page ? <Page {...props} /> : <p class="empty loading" role="status">{t('loading')}</p>
  }
}
