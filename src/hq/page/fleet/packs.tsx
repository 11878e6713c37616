import { useState } from 'preact/hooks'
import type { Knowing, OfferPack, PackList, PackRow } from '../../../model/pack.ts'
import { send, useAsked } from '../data.ts'
import { mayAs } from '../me.ts'
import { Shown } from '../parts/asked.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Ago } from '../parts/time.tsx'
import { go } from '../router.ts'
import { useTitle } from '../title.ts'
import { t } from '../words.ts'
import { FleetTabs } from './frame.tsx'
import { NamedBars } from './marks.tsx'
import { PackMark } from './pack.tsx'
import { PackScore } from './pack-score.tsx'
import { f, troubleHere } from './words.ts'

const columns = ({ rows, standing }: PackList): Column<PackRow>[] => [
  { name: f('packs'), lead: true, show: (row) => <a href={`/packs/${row.sequence}`}>{f('pack-number', { n: row.sequence })}</a> },
  { name: f('pack-state'), show: (row) => <PackMark row={row} latest={row.sequence === rows[0]?.sequence} /> },
  { name: f('pack-offered-at'), show: (row) => <><Ago at={row.offeredAt} /> <small>{row.offeredBy}</small></> },
  { name: f('pack-counts'), show: ({ remedies, symptoms }) => f('pack-counts-of', { remedies, symptoms }) },
  { name: f('pack-taken'), number: true, show: (row) => standing.find((s) => s.sequence === row.sequence)?.terminals ?? 0 },
  { name: f('note'), show: (row) => row.note },
]

const Standing = ({ standing }: Pick<PackList, 'standing'>) => (
  <section class="card">
    <h2>{f('pack-standing')}</h2>
    {standing.length === 0 ? <p class="empty">{t('none')}</p> : (
      <NamedBars rows={standing.map(({ sequence, terminals, unbelieving }) => ({
        name: sequence === 0 ? f('pack-built-in') : f('pack-number', { n: sequence }), count: terminals,
        words: [t('on-terminals', { n: terminals }), unbelieving > 0 && f('pack-unbelieving', { n: unbelieving })].filter(Boolean).join(' · '), ...(sequence > 0 && { href: `/packs/${sequence}` }),
      }))} />
    )}
  </section>
)

const STEPS = (sequence: number): string => [
  'posdiag pack build --hq URL --operator-token token.txt --to body.json',
  'posdiag pack sign body.json --key pack-key.pem --to pack.json',
  `posdiag pack offer pack.json --key pack-key.pem --hq URL --operator-token token.txt --to offer-${sequence}.json`,
].join('\n')

const Learnt = () => {
  const asked = useAsked<Knowing>('/api/knowledge', ['reports'])
  return (
    <section class="card">
      <h2>{f('pack-learnt')}</h2>
      <Shown asked={asked}>{({ repairs, candidate }) => (
        <>
          <p>{f('pack-learnt-of', { n: repairs })} · {f('pack-counts-of', { remedies: candidate.remedies.length, symptoms: candidate.symptoms.length })}</p>
          <p><a href="/packs/next">{f('pack-look', { n: candidate.sequence })}</a></p>
          <p class="hint">{f('pack-how')}</p>
          <pre>{STEPS(candidate.sequence)}</pre>
        </>
      )}</Shown>
    </section>
  )
}

/** What a file says, if it can be an offer; whether it is one, HQ decides. */
const offerIn = (text: string): OfferPack | undefined => {
  try {
    const offer = JSON.parse(text) as Partial<OfferPack>
    const { pack, key, measured } = offer
    return typeof pack?.body?.sequence === 'number' && typeof key === 'string' && typeof measured?.after?.scenarios === 'number' && typeof measured.before?.scenarios === 'number' ? (offer as OfferPack) : undefined
  } catch {
    // What is no JSON is no offer either.
    return undefined
  }
}

const Offer = ({ done }: { done: () => void }) => {
  const [offer, setOffer] = useState<OfferPack>()
  const [trouble, setTrouble] = useState('')
  const choose = async (file: File | undefined): Promise<void> => {
    const read = file && offerIn(await file.text())
    setOffer(read)
    setTrouble(file && !read ? f('pack-file-odd') : '')
  }
  const make = async (chosen: OfferPack): Promise<void> => {
    if (!confirm(f('pack-offer-sure', { n: chosen.pack.body.sequence }))) return
    const answer = await send<PackRow>('POST', '/api/packs', chosen)
    setTrouble(answer.state === 'failed' ? troubleHere(answer) : '')
    if (answer.state === 'failed') return
    done()
    go(`/packs/${answer.value.sequence}`)
  }
  return (
    <section class="card">
      <h2>{f('pack-offer')}</h2>
      <label class="field">{f('pack-file')} <input type="file" accept="application/json,.json" onChange={(e) => void choose(e.currentTarget.files?.[0])} /></label>
      {trouble && <p class="failed" role="alert">{trouble}</p>}
      {offer && (
        <>
          <p>{f('pack-number', { n: offer.pack.body.sequence })} · {f('pack-counts-of', { remedies: offer.pack.body.remedies.length, symptoms: offer.pack.body.symptoms.length })}{offer.note && ` · ${offer.note}`}</p>
          <PackScore measured={offer.measured} />
          <p><button type="button" class="primary" onClick={() => void make(offer)}>{f('pack-offer-this', { n: offer.pack.body.sequence })}</button></p>
        </>
      )}
    </section>
  )
}

/** Knowledge packs: what was offered, who goes by which, and what the next one would be made of. */
export const PacksPage = () => {
  useTitle(f('packs'))
  const [round, setRound] = useState(0)
  const asked = useAsked<PackList>('/api/packs', ['terminals'], { round })
  return (
    <>
      <h1 class="sr">{f('packs')}</h1>
      <FleetTabs at="packs" />
      <p class="hint">{f('packs-hint')}</p>
      <Shown asked={asked}>{(list) => (
        <>
          {list.rows.length === 0 ? <p class="empty">{f('no-packs')}</p> : <section class="card table"><h2>{f('packs-offered')}</h2><Table label={f('packs-offered')} columns={columns(list)} rows={list.rows} keyOf={(row) => String(row.sequence)} /></section>}
          <div class="cards"><Standing standing={list.standing} /><Learnt /></div>
        </>
      )}</Shown>
      {mayAs('administrator') && <Offer done={() => setRound(round + 1)} />}
    </>
  )
}
