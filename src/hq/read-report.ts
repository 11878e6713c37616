import { timeOfId } from '../model/id.ts'
import type { IncidentDetail, StoredReport } from '../model/wire.ts'
import { readEvent } from './read-event.ts'
import { type Moment, type Store, StoreError } from './store.ts'

/** A stored report, or undefined if there is none. What a newer agent put in and this HQ does not know is left out. */
export const storedReport = async (store: Store, terminalId: string, id: string): Promise<StoredReport | undefined> => {
  const found = await store.report(terminalId, id)
  if (found === undefined) return undefined
  const read = readEvent(JSON.parse(found.body), terminalId, timeOfId(id))
  if ('reason' in read) throw new StoreError('unavailable', `the stored report ${terminalId} ${id} cannot be read: ${read.reason}`)
  const { receivedAt, redated, signedBy } = found
  return { receivedAt, ...(redated === undefined ? {} : { redated }), ...(signedBy === undefined ? {} : { signedBy }), report: read.event.data }
}

/** An incident with the evidence of the latest report that found it, or undefined if there is no such incident. The report may have been deleted by age. */
export const incidentDetail = async (store: Store, id: string, moment: Moment): Promise<IncidentDetail | undefined> => {
  const incident = await store.incident(id)
  if (incident === undefined) return undefined
  const terminal = await store.terminal(incident.terminalId, moment)
  const latest = (await storedReport(store, incident.terminalId, incident.report))?.report
  const fault = latest?.faults.find((f) => f.code === incident.fault)
  const verdict = latest?.check.diagnosis.verdicts.find((v) => v.fault === incident.fault && v.device === incident.device)
  return {
    incident,
    ...(terminal === undefined ? {} : { terminal }),
    ...(fault === undefined ? {} : { fault }),
    ...(verdict === undefined ? {} : { verdict }),
    reports: await store.reportsOf(incident.terminalId, 50, incident.openedAt),
    history: await store.triage.care.history({ place: incident.terminalId, id }),
  }
}
