import './style.css'
import { useState } from 'preact/hooks'
import type { AlertSettings } from '../../../model/alerts.ts'
import { type Failed, useAsked } from '../data.ts'
import { Shown } from '../parts/asked.tsx'
import { place, withQuery } from '../router.ts'
import { useTitle } from '../title.ts'
import { t } from '../words.ts'
import { ChannelsTab } from './channels.tsx'
import { editing } from './form.tsx'
import { AlertsTab, MessagesTab } from './lists.tsx'
import { RulesTab } from './rules.tsx'
import { SilencesTab } from './silences.tsx'
import { WindowsTab } from './windows.tsx'
import { a, alertTrouble } from './words.ts'

/** What a tab of settings works with. `settle` has everything asked for anew, and shows what failed; `round` counts how often. */
export interface TabProps { settings: AlertSettings; settle: (failed: Failed | undefined) => void; round: number }

const TABS = ['alerts', 'closed', 'rules', 'silences', 'windows', 'channels', 'messages'] as const
type Tab = (typeof TABS)[number]

const ADD = { rules: 'add.rule', silences: 'add.silence', windows: 'add.window', channels: 'add.channel' } as const
const HINT = { rules: 'hint.rules', silences: 'hint.silences', windows: 'hint.windows', channels: 'hint.channels', messages: 'hint.messages' } as const

const SHOW = { rules: RulesTab, silences: SilencesTab, windows: WindowsTab, channels: ChannelsTab, messages: MessagesTab } as const

const tabOf = (text: string | null): Tab => TABS.find((tab) => tab === text) ?? 'alerts'

const SettingsTab = ({ tab }: { tab: keyof typeof SHOW }) => {
  const [round, setRound] = useState(0)
  const [failed, setFailed] = useState<Failed>()
  const asked = useAsked<AlertSettings>('/api/alerts/settings', ['incidents'], { round })
  const settle = (problem: Failed | undefined): void => {
    setFailed(problem)
    setRound((n) => n + 1)
  }
  const Show = SHOW[tab]
  return (
    <>
      <p class="hint">{a(HINT[tab])}</p>
      {tab !== 'messages' && editing() === '' && <p><a class="button" href={withQuery({ edit: 'new' })}>{a(ADD[tab])}</a></p>}
      {failed && <p class="failed" role="alert">{alertTrouble(failed)}</p>}
      <Shown asked={asked}>{(settings) => <Show settings={settings} settle={settle} round={round} />}</Shown>
    </>
  )
}

/** Alerts, and all that is set about them; which tab is in the address. */
export const AlertsPage = () => {
  const tab = tabOf(place.value.query.get('tab'))
  useTitle(a(`tab.${tab}`), t('alerts'))
  return (
    <>
      <h1>{t('alerts')}</h1>
      <div class="tabs alert-tabs">
        {TABS.map((name) => <a key={name} class="tab" href={`/alerts?tab=${name}`} aria-current={name === tab ? 'true' : undefined}>{a(`tab.${name}`)}</a>)}
      </div>
      {tab === 'alerts' || tab === 'closed' ? <AlertsTab key={tab} state={tab === 'alerts' ? 'open' : 'closed'} /> : <SettingsTab key={tab} tab={tab} />}
    </>
  )
}
