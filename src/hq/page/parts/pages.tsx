import { place, withQuery } from '../router.ts'
import { t } from '../words.ts'

/** Ways to the first and the next page of a list. */
export const Pages = ({ next }: { next: string | undefined }) => {
  const later = place.value.query.has('cursor')
  if (!later && next === undefined) return null
  return (
    <p class="pages">
      {later && <a class="button" href={withQuery({ cursor: '' })}>{t('first-page')}</a>}
      {next !== undefined && <a class="button" href={withQuery({ cursor: next })}>{t('more')}</a>}
    </p>
  )
}
