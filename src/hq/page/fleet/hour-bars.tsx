import { clock, timeOfDay } from '../words.ts'
import { f } from './words.ts'

/** Counts per hour as bars, with the same figures as text for who cannot see them. */
export const HourBars = ({ hours, label }: { hours: readonly { at: number; count: number }[]; label: string }) => {
  const most = Math.max(1, ...hours.map((h) => h.count))
  const width = 100 / Math.max(1, hours.length)
  return (
    <figure class="hour-bars">
      <svg viewBox="0 0 100 32" preserveAspectRatio="none" role="img" aria-label={`${label}: ${hours.map((h) => h.count).join(', ')}`}>
        {hours.map((h, i) => {
          const height = h.count === 0 ? 0.6 : Math.max(3, (h.count / most) * 30)
          return <rect key={h.at} x={i * width + width * 0.12} y={32 - height} width={width * 0.76} height={height} class={h.count === 0 ? 'none' : ''}><title>{`${clock(h.at)}: ${h.count}`}</title></rect>
        })}
      </svg>
      <figcaption><span>{hours[0] ? timeOfDay(hours[0].at) : ''}</span><span>{label}</span><span>{f('now')}</span></figcaption>
    </figure>
  )
}
