import { isSound, type Standing } from './standing.ts'

/** The shape that the message has; what of it is approximated docs/exports.md says. */
const NAMESPACE = 'urn:iso:std:iso:20022:tech:xsd:catm.001.001.08'

const statusOf = (sound: boolean | undefined): object => (sound === undefined ? {} : { Sts: { Sts: sound ? 'OPER' : 'OUTD' } })

const iso = (at: number): string => new Date(Math.min(Math.max(at, -8.64e15), 8.64e15)).toISOString()

// XML 1.0 has no way to write most control characters, nor halves of surrogate pairs.
const writable = (text: string): string => text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')

const max = (text: string, characters: number): string => writable([...text].slice(0, characters).join(''))

/** A terminal's state as an ISO 20022 catm.001 StatusReport in XML, without security trailer. Needs a report: without one there is nothing to state. */
export const catmStatusReport = async ({ terminal, report, devices, at }: Standing & { report: NonNullable<Standing['report']> }): Promise<string> => {
  const { XMLBuilder } = await import('fast-xml-parser')
  const { id, model, serial, merchant } = terminal.terminal
  const faults = devices.flatMap((d) => d.faults.map((f) => `${f.code} ${d.id} ${report.faults.find((known) => known.code === f.code)?.title.en ?? ''}`))
  const document = {
    '?xml': { '@version': '1.0', '@encoding': 'UTF-8' },
    Document: {
      '@xmlns': NAMESPACE,
      StsRpt: {
        Hdr: { FrmtVrsn: '8.0', XchgId: report.sequence, CreDtTm: iso(at), InitgPty: { Id: max(id, 35) } },
        StsRpt: {
          POIId: { Id: max(id, 35), ...(merchant === undefined ? {} : { Issr: max(merchant, 35) }) },
          TermnlMgrId: { Id: 'posdiag' },
          DataSet: {
            Id: { Tp: 'STRP', Vrsn: report.id.slice(0, 8), CreDtTm: iso(report.at) },
            SeqCntr: String(report.sequence),
            Cntt: {
              POICmpnt: [
                { Tp: 'TERM', Id: { ...(model === undefined ? {} : { ItmNb: max(model, 35) }), Id: max(id, 35), ...(serial === undefined ? {} : { SrlNb: max(serial, 35) }) }, ...statusOf(terminal.readiness.length === 0 ? undefined : terminal.readiness.some((r) => r.is === 'ready' || r.is === 'degraded')) },
                ...devices.map((d) => ({ Tp: 'DVCE', Id: { ItmNb: max(d.kind, 35), Id: max(d.id, 35) }, ...statusOf(isSound(d)) })),
              ],
              POIDtTm: iso(report.at),
              Errs: faults.map((fault) => max(fault.trim(), 140)),
            },
          },
        },
      },
    },
  }
  return new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@', format: true, indentBy: '  ', suppressEmptyNode: false, processEntities: true }).build(document)
}
