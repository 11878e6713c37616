import { clock, t } from '../words.ts'

/** Counts per hour as bars, with the same figures as text for who cannot see them. */
export const HourBars = ({ hours }: { hours: readonly { at: number; count: number }[] }) => {
  const most = Math.max(1, ...hours.map((h) => h.count))
  const width = 100 / Math.max(1, hours.length)
  return (
    <figure class="bars">
      <svg viewBox="0 0 100 32" preserveAspectRatio="none" role="img" aria-label={`${t('opened-per-hour')}: ${hours.map((h) => h.count).join(', ')}`}>
        {hours.map((h, i) => {
          const height = h.count === 0 ? 0.6 : (h.count / most) * 30
          return <rect key={h.at} x={i * width + width * 0.12} y={32 - height} width={width * 0.76} height={height} rx="0.5" class={h.count === 0 ? 'none' : ''}><title>{`${clock(h.at)}: ${h.count}`}</title></rect>
        })}
      </svg>
      <figcaption><span>{hours[0] ? clock(hours[0].at) : ''}</span><span>max {most}</span></figcaption>
    </figure>
  )
}

/** Shares of a whole as one bar with a legend. */
export const ShareBar = ({ parts }: { parts: readonly { name: string; count: number; tone: string }[] }) => {
  const total = parts.reduce((sum, p) => sum + p.count, 0)
  return (
    <div class="share">
      <div class="share-bar" aria-hidden="true">
        {parts.filter((p) => p.count > 0).map((p) => <span key={p.name} class={`tone-${p.tone}`} style={{ flexGrow: p.count }} />)}
        {total === 0 && <span class="tone-none" style={{ flexGrow: 1 }} />}
      </div>
      <ul>
        {parts.map((p) => <li key={p.name}><span class={`dot tone-${p.tone}`} aria-hidden="true" /> {p.name} <b>{p.count}</b></li>)}
      </ul>
    </div>
  )
}
