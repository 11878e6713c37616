import { useState } from 'preact/hooks'
import type { CommandRow, Contact } from '../../../model/wire.ts'
import { commands, type Failed, send } from '../data.ts'
import { detailWords } from '../details.ts'
import { t, timeOfDay, trouble } from '../words.ts'
import { Ago, now } from './time.tsx'

/** A command expires only before it is begun, and one that was begun in time may still end well. */
const ORDER: readonly CommandRow['state'][] = ['waiting', 'sent', 'expired', 'running', 'done', 'refused', 'failed']
const UNDER_WAY: readonly CommandRow['state'][] = ['waiting', 'sent', 'running']

/** How long after it was given an ended command is still told of, in ms. */
const TOLD_MS = 600_000

const rankOf = (command: CommandRow): number => ORDER.indexOf(command.state) * 10_000 + (command.progress?.looked ?? 0)
/** Whether a command has not ended yet. */
export const underWay = ({ state }: CommandRow): boolean => UNDER_WAY.includes(state)

/** The later of two states of one command: live updates may be missed, and answers may overtake each other. */
export const later = (a: CommandRow | undefined, b: CommandRow | undefined): CommandRow | undefined => (a && b ? (rankOf(a) >= rankOf(b) ? a : b) : (a ?? b))

const wordsOf = (command: CommandRow, contact: Contact): string => {
  const { looked = 0, total = 0, detail = '' } = command.progress ?? {}
  if (command.state === 'waiting' && contact !== 'online') return t('command.waiting-quiet', { until: timeOfDay(command.expiresAt) })
  if (command.state === 'running' && detail) return t('command.deferred', { detail: detailWords(detail) })
  return t(`command.${command.state}`, { looked, total, detail: detailWords(detail) })
}

const Told = ({ command, contact }: { command: CommandRow; contact: Contact }) => {
  const { progress } = command
  const words = wordsOf(command, contact)
  return (
    <div class="command">
      {command.state === 'running' && <progress value={progress?.looked ?? 0} max={Math.max(progress?.total ?? 0, 1)} aria-label={words} />}
      <span role="status">{words}</span>
      {!underWay(command) && <small><Ago at={command.createdAt} /></small>}
      {progress?.report && <a href={`/reports/${command.terminalId}/${progress.report}`}>{t('open-report')}</a>}
    </div>
  )
}

/** Asks the terminal for a check, and tells how far it has come until its report is there. `known`: its commands, newest first. */
export const CheckNow = ({ terminal, contact, known }: { terminal: string; contact: Contact; known: readonly CommandRow[] }) => {
  const [given, setGiven] = useState<string>()
  const [failed, setFailed] = useState<Failed>()
  const [asking, setAsking] = useState(false)
  const stored = given === undefined ? known.find((c) => c.type === 'check') : known.find((c) => c.id === given)
  const latest = later(commands.value.get(given ?? stored?.id ?? ''), stored)
  const command = latest && (underWay(latest) || now.value - latest.createdAt < TOLD_MS) ? latest : undefined
  const ask = async (): Promise<void> => {
    setAsking(true)
    const answer = await send<CommandRow>('POST', `/api/terminals/${terminal}/commands`, { type: 'check' })
    setAsking(false)
    setFailed(answer.state === 'failed' ? answer : undefined)
    if (answer.state === 'failed') return
    const { value } = answer
    commands.value = new Map([...commands.value, [value.id, later(commands.value.get(value.id), value) ?? value]])
    setGiven(value.id)
  }
  return (
    <div class="check-now">
      <button type="button" class="primary" disabled={asking || (command !== undefined && underWay(command))} onClick={ask}>{t('check-now')}</button>
      {command && <Told command={command} contact={contact} />}
      {failed && <p class="failed" role="alert">{trouble(failed)}</p>}
    </div>
  )
}
