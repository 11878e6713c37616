import type { ProbeRun } from '../../../model/check.ts'
import type { Observation } from '../../../model/observation.ts'
import type { Report } from '../../../model/report.ts'
import type { ReportRow, StoredReport } from '../../../model/wire.ts'
import { useAsked } from '../data.ts'
import { detailWords } from '../details.ts'
import { Shown } from '../parts/asked.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Ago } from '../parts/time.tsx'
import { listed, shared, t, valueInWords } from '../words.ts'
import { f } from './words.ts'

/** What a device says of itself, by the last part of the observation's name. */
const TELLS = { model: ['maker', 'model', 'product', 'ups-model', 'version', 'pos-version'], serial: ['serial', 'model-id'], firmware: ['firmware', 'rom-version'], usbId: ['usb-id'], usbPath: ['usb-path'], usbRelease: ['usb-release'], port: ['transport', 'interface', 'medium', 'address', 'mode', 'driver'] } as const

interface DeviceRow { run: ProbeRun; found: readonly string[]; model: string; serial: string; firmware: string; usbId: string; usbPath: string; port: string }

const told = (observations: readonly Observation[], names: readonly string[]): string =>
  [...new Set(names.flatMap((name) => observations.flatMap((o) => (o.name.endsWith(`.${name}`) && 'value' in o && o.value !== '' ? [valueInWords(o.value)] : []))))].join(' · ')

const rowsOf = ({ check, versions }: Report, whole: Report): DeviceRow[] =>
  check.runs.map((run) => {
    const own = check.observations.filter((o) => o.device === run.device)
    const bus = whole.check.observations.filter((o) => o.device === run.device)
    // What a device says of itself is more than what is written into its USB descriptor.
    const firmware = told(own, TELLS.firmware) || told(bus, TELLS.usbRelease)
    return {
      run, firmware: firmware === '' && run.kind !== 'configuration' ? (versions[run.device] ?? '') : firmware, model: told(own, TELLS.model), serial: told(own, TELLS.serial) || told(bus, TELLS.serial), usbId: told(bus, TELLS.usbId), usbPath: told(bus, TELLS.usbPath), port: told(own, TELLS.port),
      found: check.diagnosis.verdicts.filter((v) => v.verdict === 'found' && v.device === run.device).map((v) => v.fault),
    }
  })

const columns = (): Column<DeviceRow>[] => [
  { name: t('device'), lead: true, show: ({ run }) => run.device },
  { name: t('kind'), show: ({ run }) => shared(`kind.${run.kind}`) },
  { name: f('model'), show: (row) => row.model },
  { name: f('serial'), show: (row) => row.serial },
  { name: f('firmware'), show: (row) => row.firmware },
  { name: f('usb'), show: (row) => row.usbId && <><code>{row.usbId}</code>{row.usbPath && <small class="block">{f('usb-path', { path: row.usbPath })}</small>}</> },
  { name: f('port'), show: (row) => row.port },
  { name: t('outcome'), show: ({ run }) => <>{shared(`outcome.${run.outcome}`)}{run.detail && <small> {detailWords(run.detail)}</small>}</> },
  { name: t('fault'), show: ({ found }) => found.map((code) => <a key={code} class="fault" href={`/catalogue/${encodeURIComponent(code)}`}><code>{code}</code></a>) },
]

/** Triggers of checks that look at everything; others leave out where devices hang, which seldom changes. */
const WHOLE: readonly string[] = ['boot', 'operator', 'hq', 'retest']

/** What is fitted, by what its devices said of themselves in the latest report; where they hang on USB, by the latest check that looked at everything. */
export const Devices = ({ terminal, reports }: { terminal: string; reports: readonly [ReportRow, ...ReportRow[]] }) => {
  const [latest] = reports
  const whole = reports.find((r) => WHOLE.includes(r.trigger)) ?? latest
  const asked = useAsked<StoredReport>(`/api/reports/${terminal}/${latest.id}`, [], { once: true })
  const askedWhole = useAsked<StoredReport>(`/api/reports/${terminal}/${whole.id}`, [], { once: true })
  return (
    <section class="card table">
      <h2>{f('devices')}</h2>
      <Shown asked={asked}>
        {({ report: stored, redated }) => (
          <>
            <p class="empty">{f('devices-hint')} <Ago at={redated?.at ?? stored.at} />{(stored.servers?.length ?? 0) > 0 && ` · ${f('servers')} ${listed([...new Set(stored.servers?.map((s) => s.host))])}`}{whole.id !== latest.id && <> · {f('usb-hint')} <Ago at={whole.redated?.at ?? whole.at} /></>}</p>
            <Table label={f('devices')} columns={columns()} rows={rowsOf(stored, askedWhole.state === 'here' ? askedWhole.value.report : stored)} keyOf={({ run }) => `${run.device} ${run.kind}`} />
          </>
        )}
      </Shown>
    </section>
  )
}
