import * as fc from 'fast-check'

/** Test numbers that schemes and gateways publish; none belongs to anybody. */
export const TEST_CARDS = ['4111111111111111', '4012888888881881', '4242424242424242', '4222222222222', '5555555555554444', '5105105105105100', '2223003122003222', '378282246310005', '371449635398431', '6011111111111117', '3566002020360505', '3530111333300000', '30569309025904', '38520000023237', '6200000000000005', '6210943666000025', '8171999977000040', '621234567890003'] as const

/** A UnionPay number whose check digit is wrong on purpose: synthetic. */
export const UNIONPAY_WITHOUT_CHECK = '6200000000000006'

export const card = fc.constantFrom(...TEST_CARDS)

/** The digits that make a number whole under the check of ISO/IEC 7812-1. Written apart from the filter's own. */
export const checks = (digits: string): boolean => [...digits].reverse().reduce((sum, d, i) => sum + (i % 2 === 0 ? Number(d) : [0, 2, 4, 6, 8, 1, 3, 5, 7, 9][Number(d)] ?? 0), 0) % 10 === 0

/** Issuers by first digits and length, written apart from the filter's own: what a leak is measured by. */
const ISSUERS = /^(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11,16}|35(?:2[89]|[3-8]\d)\d{12,15}|6(?:011|4[4-9]\d|5\d\d)\d{12,15}|62\d{12,17}|81\d{12,17})$/

/** Card numbers that stand as a run of 13 to 19 digits of their own in a text. */
export const leaks = (text: string): string[] => (text.normalize('NFKC').match(/(?<![0-9A-Za-z.])\d{13,19}(?![0-9A-Za-z])/g) ?? []).filter((run) => ISSUERS.test(run) && checks(run))

/** A number of any issuer with a good check digit, made from its first fourteen digits. */
export const generated = fc
  .tuple(fc.constantFrom('4', '51', '55', '2221', '2720', '3528', '3589', '6011', '65', '62', '81'), fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 15, maxLength: 15 }))
  .map(([head, rest]) => {
    const body = (head + rest.join('')).slice(0, 15)
    return body + [...'0123456789'].find((d) => checks(body + d))
  })

const groups = (digits: string, by: number): string[] => digits.match(new RegExp(`.{1,${by}}`, 'g')) ?? []
const fullWidth = (digits: string): string => [...digits].map((d) => String.fromCharCode(0xff10 + Number(d))).join('')
const arabic = (digits: string): string => [...digits].map((d) => String.fromCharCode(0x660 + Number(d))).join('')
const codes = (digits: string): number[] => [...digits].map((d) => d.charCodeAt(0))
const hexOf = (text: string): string => Buffer.from(text, 'latin1').toString('hex')
const bcd = (digits: string): string => (digits.length % 2 === 0 ? digits : `${digits}F`)

/** Ways in which a card number is written, by name. */
export const DRESSES: Record<string, (digits: string) => string> = {
  bare: (d) => d,
  spaces: (d) => groups(d, 4).join(' '),
  'two spaces': (d) => groups(d, 4).join('  '),
  tabs: (d) => groups(d, 4).join('\t'),
  dashes: (d) => groups(d, 4).join('-'),
  dots: (d) => groups(d, 4).join('.'),
  underscores: (d) => groups(d, 4).join('_'),
  slashes: (d) => groups(d, 4).join('/'),
  colons: (d) => groups(d, 4).join(':'),
  'commas without blanks': (d) => groups(d, 4).join(','),
  'en dashes': (d) => groups(d, 4).join('–'),
  'blanks that do not break': (d) => groups(d, 4).join('\u00a0'),
  'narrow blanks': (d) => groups(d, 4).join('\u202f'),
  'ideographic blanks': (d) => groups(d, 4).join('\u3000'),
  'lines of four': (d) => groups(d, 4).join('\n'),
  'CR LF between fours': (d) => groups(d, 4).join('\r\n'),
  'two lines': (d) => `${d.slice(0, 9)}\n${d.slice(9)}`,
  'mixed separators': (d) => groups(d, 4).map((g, i) => g + (['-', ' ', '.'][i] ?? '')).join('').replace(/[-. ]$/, ''),
  'a blank after each digit': (d) => [...d].join(' '),
  'zero-width characters': (d) => groups(d, 4).join('\u200b'),
  'soft hyphens': (d) => groups(d, 5).join('\u00ad'),
  'full-width digits': fullWidth,
  'full-width digits with blanks': (d) => groups(fullWidth(d), 4).join(' '),
  'Arabic-Indic digits': arabic,
  'terminal colours': (d) => `${d.slice(0, 4)}\x1b[1m${d.slice(4, 8)}\x1b[0m${d.slice(8)}`,
  'printer escapes': (d) => `${d.slice(0, 4)}\x1bE\x01${d.slice(4)}`,
  'URL blanks': (d) => groups(d, 4).join('%20'),
  'HTML blanks': (d) => groups(d, 4).join('&nbsp;'),
  'JSON line breaks': (d) => groups(d, 4).join('\\n'),
  'JSON string': (d) => `{"x":"${d}"}`,
  'JSON number': (d) => `{"x":${d}}`,
  XML: (d) => `<field id="2" value="${d}"/>`,
  CSV: (d) => `1,abc,${d},12.50`,
  'spreadsheet text': (d) => `'${d}`,
  'decimal point behind': (d) => `${d}.00`,
  'letters before': (d) => `PAN${d}`,
  'letters behind': (d) => `${d}CNY`,
  'leading zeros': (d) => `000${d}`.slice(-19),
  'hex of characters': hexOf,
  'hex of characters in pairs': (d) => groups(hexOf(d), 2).join(' '),
  'hex with colons': (d) => groups(hexOf(d), 2).join(':'),
  '\\x escapes': (d) => groups(hexOf(d), 2).map((b) => `\\x${b}`).join(''),
  'C bytes': (d) => groups(hexOf(d), 2).map((b) => `0x${b}`).join(', '),
  'percent escapes': (d) => groups(hexOf(d), 2).map((b) => `%${b}`).join(''),
  'character codes': (d) => `[${codes(d).join(',')}]`,
  'BCD pairs': (d) => groups(bcd(d), 2).join(' '),
  'EMV tag 5A': (d) => `9F2701805A${(bcd(d).length / 2).toString(16).padStart(2, '0')}${bcd(d)}5F340101`.toUpperCase(),
  'EMV tag 5A in pairs': (d) => groups(`5A${(bcd(d).length / 2).toString(16).padStart(2, '0')}${bcd(d)}`, 2).join(' '),
  'EMV tag 57': (d) => {
    const value = bcd(`${d}D25121011234567890`)
    return `57${(value.length / 2).toString(16).padStart(2, '0')}${value}`.toUpperCase()
  },
  'ISO 8583 with a BCD length': (d) => `0200702004C020C09011${String(d.length)}${bcd(d)}000000A1`,
  base64: (d) => Buffer.from(`card=${d};`).toString('base64'),
  'base64 shifted by one': (d) => Buffer.from(`c=${d}`).toString('base64'),
  'base64 shifted by two': (d) => Buffer.from(`{"pan":"${d}","a":1}`).toString('base64url'),
  'track 1': (d) => `%B${d}^DOE/JANE            ^25121011234567890?`,
  'track 1 without sentinels': (d) => `B${d}^DOE/JANE^25121011234567890`,
  'track 2': (d) => `;${d}=25121011234567890?`,
  'track 2 with D': (d) => `${d}D25121011234567890F`,
  'track 2 in a URL': (d) => `t=%3B${d}%3D25121011234567890%3F`,
  'track 3': (d) => `;01${d}=7247241000000000000303000404000991=`,
}
