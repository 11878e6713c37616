import { clock, t, timeOfDay } from '../words.ts'

/** Counts per hour as bars, with the same figures as text for who cannot see them. */
export const HourBars = ({ hours }: { hours: readonly { at: number; count: number }[] }) => {
  const most = Math.max(1, ...hours.map((h) => h.count))
  const width = 100 / Math.max(1, hours.length)
  return (
    <figure class="bars">
      <svg viewBox="0 0 100 32" preserveAspectRatio="none" role="img" aria-label={`${t('opened-per-hour')}: ${hours.map((h) => h.count).join(', ')}`}>
        {hours.map((h, i) => {
          const height = h.count === 0 ? 0.6 : Math.max(3, (h.count / most) * 30)
          return <rect key={h.at} x={i * width + width * 0.12} y={32 - height} width={width * 0.76} height={height} class={h.count === 0 ? 'none' : ''}><title>{`${clock(h.at)}: ${h.count}`}</title></rect>
        })}
      </svg>
      <figcaption><span>{hours[0] ? timeOfDay(hours[0].at) : ''}</span><span>{t('opened-per-hour')}</span><span>{t('now')}</span></figcaption>
    </figure>
  )
}

/** One part of a whole; `href` leads to what is in it. */
export interface Part {
  name: string
  count: number
  tone: string
  href?: string
}

const Legend = ({ name, count, tone, href }: Part) => {
  const words = <><span class={`dot tone-${tone}`} aria-hidden="true" /> {name} <b>{count}</b></>
  return <li>{href ? <a class="bare" href={href}>{words}</a> : words}</li>
}

/** Shares of a whole as one bar with a legend. */
export const ShareBar = ({ parts }: { parts: readonly Part[] }) => (
  <div class="share">
    <div class="share-bar" aria-hidden="true">
      {parts.filter((p) => p.count > 0).map((p) => <span key={p.name} class={`tone-${p.tone}`} style={{ flexGrow: p.count }} />)}
      {parts.every((p) => p.count === 0) && <span class="tone-empty" style={{ flexGrow: 1 }} />}
    </div>
    <ul>{parts.map((p) => <Legend key={p.name} {...p} />)}</ul>
  </div>
)
