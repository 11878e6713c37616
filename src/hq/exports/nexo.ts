import * as z from 'zod'
import { areSound, type DeviceStanding, isSound, type Standing } from './standing.ts'

const flag = z.boolean().optional()

/** A nexo Diagnosis response in JSON, Retailer Protocol 3.0 names (as Adyen's Terminal API writes them). */
export const NexoDiagnosis = z.strictObject({
  SaleToPOIResponse: z.strictObject({
    MessageHeader: z.strictObject({ ProtocolVersion: z.literal('3.0'), MessageClass: z.literal('Service'), MessageCategory: z.literal('Diagnosis'), MessageType: z.literal('Response'), ServiceID: z.string(), SaleID: z.string(), POIID: z.string() }),
    DiagnosisResponse: z.strictObject({
      Response: z.strictObject({ Result: z.enum(['Success', 'Failure']), ErrorCondition: z.literal('UnavailableDevice').optional(), AdditionalResponse: z.string().optional() }),
      POIStatus: z.strictObject({
        GlobalStatus: z.enum(['OK', 'Maintenance', 'Unreachable']),
        SecurityOKFlag: flag,
        PEDOKFlag: flag,
        CardReaderOKFlag: flag,
        PrinterStatus: z.enum(['OK', 'PaperLow', 'NoPaper', 'PaperJam', 'OutOfOrder']).optional(),
        CommunicationOKFlag: flag,
        CashHandlingDevice: z.array(z.strictObject({ CashHandlingOKFlag: z.boolean() })).optional(),
      }),
      HostStatus: z.array(z.strictObject({ AcquirerID: z.string(), IsReachableFlag: z.boolean() })).optional(),
    }),
  }),
})
export type NexoDiagnosis = z.infer<typeof NexoDiagnosis>
type POIStatus = NexoDiagnosis['SaleToPOIResponse']['DiagnosisResponse']['POIStatus']

const given = <K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } => (value === undefined ? {} : { [key]: value }) as { [P in K]?: V }

const printerStatus = (printers: readonly DeviceStanding[]): POIStatus['PrinterStatus'] => {
  const codes = printers.flatMap((p) => p.faults.map((f) => f.code))
  if (codes.includes('PRN-PAPER-OUT')) return 'NoPaper'
  if (codes.some((code) => code.includes('JAM'))) return 'PaperJam'
  const sound = areSound(printers)
  if (sound === false) return 'OutOfOrder'
  if (codes.includes('PRN-PAPER-LOW')) return 'PaperLow'
  return sound === true ? 'OK' : undefined
}

/** nexo knows nothing between OK and Maintenance: a terminal that takes money by some means is OK. */
const globalStatus = ({ terminal }: Standing): POIStatus['GlobalStatus'] => {
  if (terminal.contact === 'offline' || terminal.contact === 'closed' || terminal.contact === 'never') return 'Unreachable'
  return terminal.readiness.length > 0 && terminal.readiness.every((r) => r.is === 'blocked') ? 'Maintenance' : 'OK'
}

/** A terminal's state as a nexo Diagnosis response. What was not looked at is left out, as nexo has no word for it. */
export const nexoDiagnosis = (standing: Standing, serviceId: string): NexoDiagnosis => {
  const { terminal, report, devices } = standing
  const of = (...kinds: string[]): DeviceStanding[] => devices.filter((d) => kinds.includes(d.kind))
  const secured = of('reader', 'pinpad')
  const tampered = secured.some((d) => d.faults.some((f) => f.subsystem === 'security-tamper'))
  const drawers = of('drawer').flatMap((d) => {
    const sound = isSound(d)
    return sound === undefined ? [] : [{ CashHandlingOKFlag: sound }]
  })
  const hosts = of('endpoint').flatMap((d) => {
    const sound = isSound(d)
    return sound === undefined ? [] : [{ AcquirerID: d.id, IsReachableFlag: sound }]
  })
  const security = tampered ? false : secured.length > 0 && secured.every((d) => d.looked) ? true : undefined
  return {
    SaleToPOIResponse: {
      MessageHeader: { ProtocolVersion: '3.0', MessageClass: 'Service', MessageCategory: 'Diagnosis', MessageType: 'Response', ServiceID: serviceId, SaleID: 'posdiag', POIID: terminal.terminal.id },
      DiagnosisResponse: {
        Response: report === undefined ? { Result: 'Failure', ErrorCondition: 'UnavailableDevice', AdditionalResponse: 'no report' } : { Result: 'Success', AdditionalResponse: `reportId=${report.id}&reportedAt=${encodeURIComponent(new Date(report.at).toISOString())}` },
        POIStatus: {
          GlobalStatus: globalStatus(standing),
          ...given('SecurityOKFlag', security),
          ...given('PEDOKFlag', areSound(of('pinpad'))),
          ...given('CardReaderOKFlag', areSound(of('reader'))),
          ...given('PrinterStatus', printerStatus(of('printer'))),
          ...given('CommunicationOKFlag', areSound(of('network'))),
          ...(drawers.length === 0 ? {} : { CashHandlingDevice: drawers }),
        },
        ...(hosts.length === 0 ? {} : { HostStatus: hosts }),
      },
    },
  }
}
