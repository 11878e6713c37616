import type { Change } from '../../../model/triage.ts'
import { Ago } from '../parts/time.tsx'
import { t } from '../words.ts'
import { f, wordOf } from './words.ts'

/** Who did what, newest first. */
export const History = ({ changes }: { changes: readonly Change[] }) => (
  <section class="card">
    <h2>{f('history')}</h2>
    {changes.length === 0 ? <p class="empty">{t('none')}</p> : (
      <ul class="rows">
        {changes.map(({ id, at, who, what, detail }) => <li key={id}><Ago at={at} /> <span>{who === 'hq' ? f('hq-itself') : who}</span> <b>{wordOf('did', what)}</b>{detail && what !== 'visit' && <span class="said">{detail}</span>}</li>)}
      </ul>
    )}
  </section>
)
