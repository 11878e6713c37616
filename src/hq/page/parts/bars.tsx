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
