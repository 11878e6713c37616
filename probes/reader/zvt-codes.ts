/** What a terminal's status or error code asks for. ready: it takes payments. wait: it will soon. cashier, office: somebody has to do something. service: a technician. */
type Class = 'ready' | 'wait' | 'cashier' | 'office' | 'service'

/** A status or error code in a word, and who must act. */
export interface ZvtCode {
  word: string
  class: Class
}

const table = (rows: readonly (readonly [number, string, Class])[]): ReadonlyMap<number, ZvtCode> => new Map(rows.map(([code, word, what]) => [code, { word, class: what }]))

/** Status codes of a completed status enquiry, with the recovery table of PA00P015 (13.08, chapter 10). */
const STATUS = table([
  [0x00, 'ready', 'ready'], [0xdc, 'card-inserted', 'ready'], [0xe1, 'card-not-removed', 'ready'],
  [0x9c, 'please-wait', 'wait'], [0x9d, 'goods-partly-issued', 'wait'],
  [0x51, 'initialisation-required', 'office'], [0x62, 'clock-wrong', 'office'], [0xb1, 'memory-full', 'cashier'], [0xb2, 'journal-full', 'cashier'], [0xf0, 'end-of-day-required', 'cashier'],
  [0xc1, 'merchant-card-locked', 'office'], [0xc2, 'diagnosis-required', 'office'], [0xc4, 'card-profile-invalid', 'office'], [0xf6, 'setup-data-missing', 'office'],
  [0xbf, 'voltage-low', 'service'], [0xc0, 'card-lock-defective', 'service'], [0xcc, 'printer-not-ready', 'service'], [0xdf, 'out-of-order', 'service'], [0xe0, 'remote-maintenance', 'wait'],
  [0xe2, 'card-reader-defective', 'service'], [0xe3, 'shutter-closed', 'service'], [0xe4, 'activation-required', 'service'],
])

/** Error codes of a refusal (84 xx) or an abort (06 1e) that say something of the device; those of a card or a host do not come to a status enquiry. */
const ERRORS = table([
  [0x6b, 'not-registered', 'office'], [0x7d, 'communication-module-missing', 'service'], [0x83, 'not-possible', 'wait'], [0x85, 'key-missing', 'service'], [0x89, 'pin-pad-defective', 'service'], [0xed, 'pin-pad-defective', 'service'],
  [0x9a, 'protocol-error', 'office'], [0x9b, 'host-unreachable', 'wait'], [0xa0, 'not-ready', 'wait'], [0xa1, 'host-unreachable', 'wait'], [0xa3, 'host-unreachable', 'wait'],
  [0xdd, 'card-mechanism-defective', 'service'], [0xde, 'card-mechanism-defective', 'service'], [0xf5, 'setup-data-missing', 'office'], [0xfc, 'part-missing', 'service'], [0xfd, 'speed-not-supported', 'office'], [0xff, 'system-error', 'service'],
])

const UNKNOWN: ZvtCode = { word: 'unknown-code', class: 'service' }

/** What a status or error code says; a code that no table has is unknown, and then not taken for ready. */
export const zvtCode = (code: number): ZvtCode => STATUS.get(code) ?? ERRORS.get(code) ?? UNKNOWN

/** Every code that is known, with its word. */
export const ZVT_CODES: ReadonlyMap<number, ZvtCode> = new Map([...ERRORS, ...STATUS])
