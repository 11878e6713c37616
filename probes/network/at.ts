/** What a modem answered to one command: `waiting` until its final line is there. `code` is of +CME ERROR (3GPP 27.007 9.2). */
export type AtAnswer = { is: 'waiting' } | { is: 'ok'; lines: string[] } | { is: 'error'; code?: number }

const FINAL = /^(?:OK|ERROR|\+C(?:ME|MS) ERROR: ?(.*))$/

/**
 * Reads an answer: the echoed command, if the modem echoes, then lines, then OK, ERROR or +CME ERROR. Every line is between CR LF.
 * Lines that nobody asked for may stand in between.
 */
export const readAt = (bytes: Uint8Array, command: string): AtAnswer => {
  const text = Buffer.from(bytes).toString('latin1')
  // The last line counts only once its end is there.
  const lines = text.split(/\r\n|\r|\n/).slice(0, -1).map((line) => line.trim()).filter((line) => line !== '' && line !== command)
  const end = lines.findIndex((line) => FINAL.test(line))
  if (end < 0) return { is: 'waiting' }
  if (lines[end] === 'OK') return { is: 'ok', lines: lines.slice(0, end) }
  const code = Number(FINAL.exec(lines[end] ?? '')?.[1] || Number.NaN)
  return { is: 'error', ...(Number.isInteger(code) ? { code } : {}) }
}

/** Fields of the line `+NAME: …`, quotes taken off; undefined if no line is that answer. A line that nobody asked for has fewer fields than the answer, which stands last. */
export const fieldsOf = (lines: readonly string[], name: string): string[] | undefined => {
  const line = lines.findLast((one) => one.startsWith(`+${name}:`))
  return line?.slice(name.length + 2).split(',').map((field) => field.trim().replace(/^"(.*)"$/, '$1'))
}

/** Level in dBm of so many steps of +CSQ: 0 is -113 or less, 31 is -51 or more (3GPP 27.007 8.5). */
export const dbmOfSteps = (steps: number): number => -113 + 2 * steps

/** Level of +CSQ in dBm; undefined for 99, unknown, and for what is no level. */
export const dbmOf = (fields: readonly string[]): number | undefined => {
  const rssi = Number(fields[0] || Number.NaN)
  return Number.isInteger(rssi) && rssi >= 0 && rssi <= 31 ? dbmOfSteps(rssi) : undefined
}

/** Registration of +CREG, +CGREG and +CEREG as answered to a question: `n,stat`; one field alone is the unsolicited form `stat`. */
export const registrationOf = (fields: readonly string[]): 'home' | 'roaming' | 'searching' | 'denied' | 'none' | undefined => {
  const stat = fields.length === 1 ? fields[0] : fields[1]
  return ({ 0: 'none', 1: 'home', 2: 'searching', 3: 'denied', 5: 'roaming' } as const)[Number(stat || Number.NaN) as 0]
}

/** Access technology of +COPS, its fourth field. 8 and above are not verified on a device. */
export const technologyOf = (fields: readonly string[]): string | undefined =>
  ({ 0: 'GSM', 2: 'UTRAN', 3: 'EDGE', 4: 'HSPA', 5: 'HSPA', 6: 'HSPA', 7: 'LTE' } as Readonly<Record<string, string>>)[fields[3] ?? '']

/** What +CME ERROR says of the SIM (3GPP 27.007 9.2.1); undefined for other codes. */
export const simTrouble = (code: number | undefined): string | undefined =>
  ({ 10: 'no SIM card', 11: 'the SIM card waits for its PIN', 12: 'the SIM card is locked (PUK)', 13: 'the SIM card fails', 14: 'the SIM card is busy', 15: 'the wrong SIM card', 16: 'a wrong PIN was given' } as Readonly<Record<number, string>>)[code ?? -1]
