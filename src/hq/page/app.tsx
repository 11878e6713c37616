import { useEffect, useErrorBoundary } from 'preact/hooks'
import { listen, live, signedOut } from './data.ts'
import { fetched } from './fetched.tsx'
import { keysShown } from './keys.ts'
import { learn, mayAs, me } from './me.ts'
import { Keys } from './parts/keys.tsx'
import { NoPage } from './parts/no-page.tsx'
import { place } from './router.ts'
import { nextTheme, theme } from './theme.ts'
import { language, t, zone } from './words.ts'

const PAGES = [
  { path: '/', key: 'overview' },
  { path: '/incidents', key: 'incidents', also: ['/issues', '/outbreaks', '/absences'] },
  { path: '/stores', key: 'fleet', also: ['/terminals', '/boot-checks', '/reports', '/visits', '/rollouts', '/packs'] },
  { path: '/alerts', key: 'alerts', everywhere: true },
  { path: '/catalogue', key: 'catalogue' },
  { path: '/enrolment', key: 'enrolment', role: 'manager' },
  { path: '/access', key: 'access', role: 'administrator' },
  { path: '/health', key: 'health', role: 'administrator' },
] as const

const OverviewPage = fetched(async () => (await import('./triage/overview.tsx')).OverviewPage)
const IncidentsPage = fetched(async () => (await import('./triage/incidents.tsx')).IncidentsPage)
const IncidentPage = fetched(async () => (await import('./triage/incident.tsx')).IncidentPage)
const ReportPage = fetched(async () => (await import('./pages/report.tsx')).ReportPage)
const IssuesPage = fetched(async () => (await import('./triage/issues.tsx')).IssuesPage)
const IssuePage = fetched(async () => (await import('./triage/issue.tsx')).IssuePage)
const OutbreaksPage = fetched(async () => (await import('./triage/outbreaks.tsx')).OutbreaksPage)
const OutbreakPage = fetched(async () => (await import('./triage/outbreak.tsx')).OutbreakPage)
const AbsencesPage = fetched(async () => (await import('./triage/absences.tsx')).AbsencesPage)
const AbsencePage = fetched(async () => (await import('./triage/absence.tsx')).AbsencePage)
const AlertsPage = fetched(async () => (await import('./alerts/frame.tsx')).AlertsPage)
const FleetPages = fetched(async () => (await import('./fleet/pages.tsx')).FleetPages)
const EnrolmentPage = fetched(async () => (await import('./pages/enrolment.tsx')).EnrolmentPage)
const AccessPage = fetched(async () => (await import('./access/access.tsx')).AccessPage)
const AccountPage = fetched(async () => (await import('./access/account.tsx')).AccountPage)
const SignInPage = fetched(async () => (await import('./access/sign-in.tsx')).SignInPage)

/** First parts of the addresses that the pages about the fleet answer. */
const FLEET: readonly string[] = ['stores', 'terminals', 'boot-checks', 'visits', 'rollouts', 'packs', 'catalogue', 'health']

const routed = (path: string) => {
  const [, first = '', second, third, fourth] = path.replace(/\/$/, '').split('/')
  const depth = [second, third, fourth].filter((part) => part !== undefined).length
  if (first === '' && depth === 0) return <OverviewPage />
  if (first === 'incidents' && depth === 0) return <IncidentsPage />
  if (first === 'incidents' && second && depth === 1) return <IncidentPage id={second} />
  if (first === 'issues' && depth === 0) return <IssuesPage />
  if (first === 'issues' && second && depth === 1) return <IssuePage fault={decodeURIComponent(second)} />
  if (first === 'outbreaks' && depth === 0) return <OutbreaksPage />
  if (first === 'outbreaks' && second && depth === 1) return <OutbreakPage id={second} />
  if (first === 'absences' && depth === 0) return <AbsencesPage />
  if (first === 'absences' && second && depth === 1) return <AbsencePage id={second} />
  if (FLEET.includes(first)) return <FleetPages />
  if (first === 'reports' && second && third && depth === 2) return <ReportPage terminal={second} id={third} />
  if (first === 'alerts' && depth === 0) return <AlertsPage />
  if (first === 'enrolment' && depth === 0) return <EnrolmentPage />
  if (first === 'access' && depth <= 1) return <AccessPage />
  if (first === 'account' && depth === 0) return <AccountPage />
  if (first === 'sign-in' && depth === 0) return <SignInPage />
  return <NoPage />
}

/** A page that fails must not take the way to the others with it. */
const Page = ({ path }: { path: string }) => {
  const [error] = useErrorBoundary((reason: unknown) => console.error(reason))
  if (error) return <p class="empty failed" role="alert">{t('broke', { detail: error instanceof Error ? error.message : String(error) })}</p>
  return routed(path)
}

const LiveMark = () => (
  <span class={`live live-${live.value}`} role="status">
    <span aria-hidden="true">●</span> {t(live.value === 'live' ? 'live' : live.value === 'cut' ? 'live-cut' : 'connecting')}
  </span>
)

const SIGN = { system: '◐', light: '☀', dark: '☾' } as const

/** The whole page. */
export const App = () => {
  useEffect(listen, [])
  useEffect(() => void learn(), [])
  const here = place.value.path
  const shown = signedOut.value ? '/sign-in' : here
  const out = shown === '/sign-in'
  // On a phone the navigation is wider than the screen.
  useEffect(() => document.querySelector('header nav [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' }), [here, me.value])
  const at = (page: (typeof PAGES)[number]): boolean => (page.path === '/' ? here === '/' : [page.path, ...('also' in page ? page.also : [])].some((path) => here.startsWith(path)))
  return (
    <>
      <a class="skip" href="#main">{t('skip')}</a>
      <header>
        <a class="brand" href="/"><img src="/icon.svg" alt="" width="22" height="22" /> posdiag</a>
        {out ? <span class="gap" /> : <nav aria-label={t('pages')}>
          {PAGES.filter((p) => (!('role' in p) || mayAs(p.role)) && (!('everywhere' in p) || me.value?.scope === undefined)).map((p) => <a key={p.path} href={p.path} aria-current={at(p) ? 'page' : undefined}>{t(p.key)}</a>)}
        </nav>}
        {!out && <LiveMark />}
        <span class="choices">
          {me.value && !out && <a class="who" href="/account" aria-current={here === '/account' ? 'page' : undefined} title={t('account')}>{me.value.name}</a>}
          <button type="button" class="quiet" onClick={nextTheme} aria-label={`${t('theme')}: ${t(`theme.${theme.value}`)}`} title={t(`theme.${theme.value}`)}>{t('theme')} <span aria-hidden="true">{SIGN[theme.value]}</span></button>
          <button type="button" class="quiet" lang={language.value === 'en' ? 'zh-CN' : 'en'} onClick={() => { language.value = language.value === 'en' ? 'zh-CN' : 'en' }}>{t('other-language')}</button>
        </span>
      </header>
      <main id="main" tabIndex={-1}><Page key={shown} path={shown} /></main>
      <footer>
        <span>{t('times-in', { zone: zone() })}</span>
        <button type="button" class="quiet" onClick={() => { keysShown.value = true }}>{t('keys')} <kbd>?</kbd></button>
      </footer>
      <Keys />
    </>
  )
}
