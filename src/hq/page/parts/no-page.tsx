import { useTitle } from '../title.ts'
import { t } from '../words.ts'

/** What an address shows at which there is nothing. */
export const NoPage = () => {
  useTitle(t('not-found'))
  return <h1>{t('not-found')}</h1>
}
