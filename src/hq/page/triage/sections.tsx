import './style.css'
import { me } from '../me.ts'
import { a } from './words.ts'

const SECTIONS = [
  { key: 'incidents', path: '/incidents' },
  { key: 'issues', path: '/issues', everywhere: true },
  { key: 'outbreaks', path: '/outbreaks', everywhere: true },
  { key: 'absences', path: '/absences' },
] as const

/** Ways between the four views of what is wrong. Fault types and outbreaks are of the whole fleet, and not for people with a scope. */
export const Sections = ({ here }: { here: (typeof SECTIONS)[number]['key'] }) => (
  <nav class="sections" aria-label={a('sections')}>
    {SECTIONS.filter((s) => !('everywhere' in s) || me.value?.scope === undefined).map((s) => <a key={s.key} href={s.path} aria-current={s.key === here ? 'page' : undefined}>{a(`section.${s.key}`)}</a>)}
  </nav>
)
