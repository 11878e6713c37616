import type { Severity } from '../../model/fault.ts'
import type { Report } from '../../model/report.ts'
import type { TerminalRow } from '../../model/wire.ts'

/** A device as the latest report has it: looked at to the end or not, and the faults found on it, by code and severity. */
export interface DeviceStanding { id: string; kind: string; looked: boolean; faults: { code: string; severity: Severity; subsystem: string }[] }

/** What other standards' messages say of a terminal, made of its latest report and its row. */
export interface Standing { terminal: TerminalRow; report?: Report; devices: DeviceStanding[]; at: number }

/** A terminal's state out of its row and latest report; `at` is when it is asked. */
export const standingOf = (terminal: TerminalRow, report: Report | undefined, at: number): Standing => {
  const found = report?.check.diagnosis.verdicts.filter((v) => v.verdict === 'found') ?? []
  const devices = (report?.check.runs ?? []).map(({ device, kind, outcome }): DeviceStanding => ({
    id: device,
    kind,
    looked: outcome === 'done',
    faults: found.filter((v) => v.device === device).map((v) => {
      const fault = report?.faults.find((f) => f.code === v.fault)
      return { code: v.fault, severity: fault?.severity ?? 'degraded', subsystem: fault?.subsystem ?? '' }
    }),
  }))
  return { terminal, ...(report === undefined ? {} : { report }), devices, at }
}

/** True if the device can do its work as far as anybody looked; undefined if nobody could. Advice is no fault of a device. */
export const isSound = ({ looked, faults }: DeviceStanding): boolean | undefined => (faults.some((f) => f.severity !== 'advisory') ? false : looked ? true : undefined)

/** The same of several: one that is broken decides. */
export const areSound = (devices: readonly DeviceStanding[]): boolean | undefined => {
  const sound = devices.map(isSound)
  if (sound.includes(false)) return false
  return sound.length > 0 && !sound.includes(undefined) ? true : undefined
}
