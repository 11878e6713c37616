import { useEffect } from 'preact/hooks'
import { listen, live } from './data.ts'
import { EnrolmentPage } from './pages/enrolment.tsx'
import { IncidentPage } from './pages/incident.tsx'
import { IncidentsPage } from './pages/incidents.tsx'
import { OverviewPage } from './pages/overview.tsx'
import { ReportPage } from './pages/report.tsx'
import { TerminalPage } from './pages/terminal.tsx'
import { TerminalsPage } from './pages/terminals.tsx'
import { place } from './router.ts'
import { nextTheme, theme } from './theme.ts'
import { language, t } from './words.ts'

const PAGES = [
  { path: '/', key: 'overview' },
  { path: '/incidents', key: 'incidents' },
  { path: '/terminals', key: 'terminals' },
  { path: '/enrolment', key: 'enrolment' },
] as const

const Page = () => {
  const { path } = place.value
  const [, first = '', second, third] = path.split('/')
  if (first === '') return <OverviewPage />
  if (first === 'incidents') return second ? <IncidentPage id={second} /> : <IncidentsPage />
  if (first === 'terminals') return second ? <TerminalPage id={second} key={second} /> : <TerminalsPage />
  if (first === 'reports' && second && third) return <ReportPage terminal={second} id={third} key={third} />
  if (first === 'enrolment') return <EnrolmentPage />
  return <p class="empty">{t('not-found')}</p>
}

const LiveMark = () => (
  <span class={`live live-${live.value}`} role="status">
    <span aria-hidden="true">●</span> {t(live.value === 'live' ? 'live' : live.value === 'cut' ? 'live-cut' : 'connecting')}
  </span>
)

/** The whole page. */
export const App = () => {
  useEffect(listen, [])
  const here = place.value.path
  useEffect(() => {
    const page = PAGES.find((p) => (p.path === '/' ? here === '/' : here.startsWith(p.path)))
    document.title = `${page ? t(page.key) : t('report')} · posdiag`
  }, [here, language.value])
  return (
    <>
      <a class="skip" href="#main">{t('skip')}</a>
      <header>
        <a class="brand" href="/"><img src="/icon.svg" alt="" width="22" height="22" /> posdiag</a>
        <nav aria-label="posdiag">
          {PAGES.map((p) => (
            <a key={p.path} href={p.path} aria-current={(p.path === '/' ? here === '/' : here.startsWith(p.path)) ? 'page' : undefined}>{t(p.key)}</a>
          ))}
        </nav>
        <LiveMark />
        <button type="button" class="quiet" onClick={nextTheme}>{t('theme')}<span aria-hidden="true"> {theme.value === 'dark' ? '☾' : theme.value === 'light' ? '☀' : '◐'}</span></button>
        <button type="button" class="quiet" lang={language.value === 'en' ? 'zh-CN' : 'en'} onClick={() => { language.value = language.value === 'en' ? 'zh-CN' : 'en' }}>{t('other-language')}</button>
      </header>
      <main id="main"><Page /></main>
    </>
  )
}
