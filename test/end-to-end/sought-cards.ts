import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Published test numbers, chosen so that no part of them comes about by chance. */
export const CARDS = ['4012888888881881', '6210943666000025', '371449635398431', '3566002020360505', '8171999977000040'] as const
const [FIRST, SECOND] = CARDS
const DISCRETIONARY = '19876543210987650'
/** An enciphered PIN block. */
export const PIN_BLOCK = '9A1B2C3D4E5F60718'
/** Tracks as readers and logs write them. */
export const TRACKS = [`;${SECOND}=2912201${DISCRETIONARY}?`, `%B${FIRST}^ZHANG/SAN^2912201${DISCRETIONARY}?`, `${SECOND}D2912201${DISCRETIONARY}F`]
const CODES = ['cvv 7391', 'CVV2=7391', '安全码：7391', 'cvc: 7391']

/** Ways in which somebody's till may write what it must not. */
export const WRITTEN: readonly (string | number)[] = [
  ...CARDS, ...CARDS.map((c) => c.replaceAll(/(\d{4})(?=\d)/g, '$1 ')), ...CARDS.map((c) => c.replaceAll(/(\d{4})(?=\d)/g, '$1-')), ...CARDS.map((c) => `sale ${c} declined`), ...CARDS.map(Number),
  ...TRACKS, ...CODES, Buffer.from(FIRST, 'latin1').toString('hex'), [...FIRST].map((d) => String.fromCharCode(0xff10 + Number(d))).join(''),
]

/** What is looked for are nine digits in a row of a card, the rest of its track, its security code behind its name, a PIN block. */
const SOUGHT: readonly string[] = [...new Set([
  ...CARDS.flatMap((card) => Array.from({ length: card.length - 8 }, (_, i) => card.slice(i, i + 9))),
  DISCRETIONARY, PIN_BLOCK, 'ZHANG/SAN',
])]
const CODE = /(cvv2?|cvc2?|安全码)\W{0,6}7391/i

/** Everything sought that is in a text, also with the digits set apart, full-width, or as the hex of their characters. */
export const leaksIn = (text: string): string[] => {
  const plain = text.normalize('NFKC')
  const dense = plain.replaceAll(/[ -]/g, '')
  return [
    ...SOUGHT.filter((part) => plain.includes(part) || dense.includes(part) || dense.includes(Buffer.from(part, 'latin1').toString('hex'))),
    ...(CODE.exec(plain) ?? []).slice(0, 1),
  ]
}

/** Text of every file below a folder, the bytes as Latin-1 and as UTF-8. */
export const filesBelow = async (below: string): Promise<{ from: string; text: string }[]> =>
  Promise.all((await readdir(below, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map(async (entry) => {
    const path = join(entry.parentPath, entry.name)
    const bytes = await readFile(path)
    return { from: path, text: `${bytes.toString('latin1')} ${bytes.toString('utf8')}` }
  }))
