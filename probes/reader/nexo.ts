import * as z from 'zod'

/**
 * nexo Sale to POI, message Diagnosis, in JSON. Pure. Source: the nexo Retailer protocol as Adyen publishes it for its terminals; the
 * items of AdditionalResponse are Adyen's.
 *
 *   > {"SaleToPOIRequest":{"MessageHeader":{…"MessageCategory":"Diagnosis"…},"DiagnosisRequest":{"HostDiagnosisFlag":false}}}
 *   < {"SaleToPOIResponse":{…"DiagnosisResponse":{"Response":{"Result":"Success","AdditionalResponse":"batteryLevel=73%25&unconfirmedBatchCount=0"},
 *      "POIStatus":{"GlobalStatus":"OK","CommunicationOKFlag":true,"PrinterStatus":"OK"}}}}
 *
 * Over bare TCP each message follows its length in four bytes, most significant first.
 */

/** Who asks whom; `serviceId` is at most 10 characters and must not repeat within two days. */
export interface NexoParties {
  saleId: string
  poiId: string
  serviceId: string
}

/** The request as JSON text. The acquirers are left alone (HostDiagnosisFlag false). */
export const diagnosisRequest = ({ saleId, poiId, serviceId }: NexoParties): string =>
  JSON.stringify({
    SaleToPOIRequest: {
      MessageHeader: { ProtocolVersion: '3.0', MessageClass: 'Service', MessageCategory: 'Diagnosis', MessageType: 'Request', ServiceID: serviceId, SaleID: saleId, POIID: poiId },
      DiagnosisRequest: { HostDiagnosisFlag: false },
    },
  })

const LENGTH = 4

/** Longer answers are not waited for. */
const LONGEST = 65_536

/** A message as it goes over bare TCP. */
export const framed = (json: string): Uint8Array => {
  const text = new TextEncoder().encode(json)
  const bytes = new Uint8Array(LENGTH + text.length)
  new DataView(bytes.buffer).setUint32(0, text.length)
  bytes.set(text, LENGTH)
  return bytes
}

/** The text of the message that the bytes begin with. */
export const readFramed = (bytes: Uint8Array): { is: 'waiting' } | { is: 'wrong' } | { is: 'whole'; json: string } => {
  if (bytes.length < LENGTH) return { is: 'waiting' }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)
  if (length === 0 || length > LONGEST) return { is: 'wrong' }
  return bytes.length < LENGTH + length ? { is: 'waiting' } : { is: 'whole', json: new TextDecoder().decode(bytes.subarray(LENGTH, LENGTH + length)) }
}

const Flag = z.boolean().optional()

/** Only what is read of an answer; whatever else is there is passed over. */
const Answer = z.object({
  SaleToPOIResponse: z.object({
    DiagnosisResponse: z.object({
      Response: z.object({ Result: z.string(), ErrorCondition: z.string().optional(), AdditionalResponse: z.string().optional() }),
      POIStatus: z.object({
        GlobalStatus: z.string().optional(), PrinterStatus: z.string().optional(),
        SecurityOKFlag: Flag, PEDOKFlag: Flag, CardReaderOKFlag: Flag, CommunicationOKFlag: Flag, FraudPreventionFlag: Flag,
      }).optional(),
      HostStatus: z.array(z.object({ IsReachableFlag: Flag })).optional(),
    }),
  }),
})

/** What a terminal says of itself; a field is undefined where it says nothing of it. */
export interface NexoState {
  /** True: the answer is a success. A refusal still proves that the terminal lives. */
  success: boolean
  state: 'ready' | 'talking' | 'not-ready' | undefined
  /** As told: OK, PaperLow, NoPaper, PaperJam, OutOfOrder. A terminal without a printer tells none. */
  printer: string | undefined
  cardReaderOk: boolean | undefined
  pinPadOk: boolean | undefined
  communicationOk: boolean | undefined
  /** The security module is not well, or its fraud prevention stands on alarm. */
  tamper: boolean | undefined
  hostsReachable: boolean | undefined
  batteryPercent: number | undefined
  unsentPayments: number | undefined
}

const STATES: Readonly<Record<string, NexoState['state']>> = { OK: 'ready', Busy: 'talking', Maintenance: 'not-ready', Unreachable: 'not-ready' }

const count = (text: string | null): number | undefined => {
  const digits = /^(\d{1,6})%?$/.exec(text ?? '')?.[1]
  return digits === undefined ? undefined : Number(digits)
}

const tamperIn = (secure: boolean | undefined, alarm: boolean | undefined): boolean | undefined => (secure === undefined && alarm === undefined ? undefined : secure === false || alarm === true)

/** Reads an answer; undefined if it is no DiagnosisResponse. */
export const readDiagnosis = (json: string): NexoState | undefined => {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    return undefined
  }
  const parsed = Answer.safeParse(value)
  if (!parsed.success) return undefined
  const { Response: response, POIStatus: status, HostStatus: hosts } = parsed.data.SaleToPOIResponse.DiagnosisResponse
  const more = new URLSearchParams(response.AdditionalResponse ?? '')
  const reachable = (hosts ?? []).flatMap(({ IsReachableFlag }) => IsReachableFlag ?? [])
  const battery = count(more.get('batteryLevel'))
  return {
    success: response.Result === 'Success',
    state: STATES[status?.GlobalStatus ?? ''],
    printer: status?.PrinterStatus?.slice(0, 40),
    cardReaderOk: status?.CardReaderOKFlag,
    pinPadOk: status?.PEDOKFlag,
    communicationOk: status?.CommunicationOKFlag,
    tamper: tamperIn(status?.SecurityOKFlag, status?.FraudPreventionFlag),
    hostsReachable: reachable.length === 0 ? undefined : reachable.every(Boolean),
    batteryPercent: battery !== undefined && battery <= 100 ? battery : undefined,
    unsentPayments: count(more.get('unconfirmedBatchCount')),
  }
}
