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

/** The check of GS1 article numbers. */
const isArticle = (digits: string): boolean => [...digits].reduce((sum, d, i) => sum + Number(d) * (i % 2 === 0 ? 1 : 3), 0) % 10 === 0

/**
 * Card numbers that stand as a run of 13 to 19 digits of their own in a text. Of thirteen digits, with which no card is issued any more, an
 * article number and a telephone number behind a plus sign are none.
 */
export const leaks = (text: string): string[] =>
  [...text.normalize('NFKC').matchAll(/(?<![\p{Nd}A-Za-z.])\d{13,19}(?![\p{Nd}A-Za-z])/gu)].flatMap(({ 0: run, index, input }) =>
    ISSUERS.test(run) && checks(run) && !(run.length === 13 && (input[index - 1] === '+' || isArticle(run))) ? [run] : [])

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
  'plus signs': (d) => groups(d, 4).join('+'),
  'vertical bars': (d) => groups(d, 4).join('|'),
  tildes: (d) => groups(d, 4).join('~'),
  apostrophes: (d) => groups(d, 4).join("'"),
  'round brackets': (d) => `(${groups(d, 4).join(')(')})`,
  'square brackets': (d) => `[${groups(d, 4).join('] [')}]`,
  'quoted cells': (d) => groups(d, 4).map((g) => `"${g}"`).join(','),
  'a list of strings': (d) => `[${groups(d, 4).map((g) => `'${g}'`).join(', ')}]`,
  thousands: (d) => `${d.slice(0, 1)},${groups(d.slice(1), 3).join(',')}`,
  'six and ten': (d) => `${d.slice(0, 6)} ${d.slice(6)}`,
  'two eights with a dash': (d) => groups(d, 8).join('-'),
  'uneven groups': (d) => `${d.slice(0, 3)} ${d.slice(3, 8)} ${d.slice(8, 10)} ${d.slice(10)}`,
  'dashes with blanks': (d) => groups(d, 4).join(' - '),
  'slashes with blanks': (d) => groups(d, 4).join(' / '),
  'figure dashes': (d) => groups(d, 4).join('\u2012'),
  'minus signs': (d) => groups(d, 4).join('\u2212'),
  'full-width dashes': (d) => groups(d, 4).join('－'),
  'thin blanks': (d) => groups(d, 4).join('\u2009'),
  'middle dots': (d) => groups(d, 4).join('·'),
  'word joiners': (d) => [...d].join('\u2060'),
  'marks of direction': (d) => `\u200e${d}\u200e`,
  'bytes of UTF-16': (d) => [...d].map((c) => `${c}\0`).join(''),
  'Persian digits': (d) => [...d].map((c) => String.fromCharCode(0x6f0 + Number(c))).join(''),
  'mixed widths': (d) => fullWidth(d.slice(0, 8)) + d.slice(8),
  'a broken line in a printout': (d) => `no 1 ${d.slice(0, 7)}\n${d.slice(7)}`,
  'a broken line with CR LF': (d) => `${d.slice(0, 8)}\r\n${d.slice(8)}`,
  'an indented second line': (d) => `${d.slice(0, 8)}\n    ${d.slice(8)}`,
  'HTML line breaks': (d) => groups(d, 4).join('<br/>'),
  'JSON tabs': (d) => groups(d, 4).join('\\t'),
  'JSON in JSON': (d) => JSON.stringify(JSON.stringify({ x: d })),
  'an XML element': (d) => `<CardNumber>\n  ${d}\n</CardNumber>`,
  YAML: (d) => `card:\n  number: '${d}'\n`,
  'a setting': (d) => `ACCOUNT=${d};AMOUNT=100`,
  SQL: (d) => `INSERT INTO p VALUES (7,'${d}',100)`,
  'a query': (d) => `/pay?x=${d}&y=1`,
  'a path': (d) => `/cards/${d}/void`,
  'a table': (d) => `| 7 | ${d} | 1.00 |`,
  'semicolon cells': (d) => `7;${d};1.00`,
  'tab cells': (d) => `7\t${d}\t1.00`,
  'Chinese around it': (d) => `银行卡${d}消费成功`,
  'a Chinese label': (d) => `卡号：${groups(d, 4).join(' ')}`,
  'a spreadsheet formula': (d) => `="${d}"`,
  'a spreadsheet power': (d) => `${d[0]}.${d.slice(1)}E+15`,
  'a negative amount': (d) => `-${d}`,
  'a long integer': (d) => `${d}L`,
  'hex of characters after 0x': (d) => `0x${hexOf(d)}`,
  'hex of characters in fours': (d) => groups(hexOf(d), 4).join(' '),
  'hex of JSON': (d) => hexOf(`{"x":"${d}"}`),
  'hex of UTF-16': (d) => Buffer.from(d, 'utf16le').toString('hex'),
  'hex of UTF-16, high byte first': (d) => Buffer.from(d, 'utf16le').swap16().toString('hex'),
  'hex of EBCDIC': (d) => [...d].map((c) => `F${c}`).join(''),
  'hex of EBCDIC in pairs': (d) => [...d].map((c) => `f${c}`).join(' '),
  'HTML entities': (d) => codes(d).map((c) => `&#${c};`).join(''),
  'HTML entities in hex': (d) => codes(d).map((c) => `&#x${c.toString(16)};`).join(''),
  '\\u escapes': (d) => codes(d).map((c) => `\\u00${c.toString(16)}`).join(''),
  'octal escapes': (d) => codes(d).map((c) => `\\0${c.toString(8)}`).join(''),
  'BCD after a length byte': (d) => `DE2: ${d.length} ${groups(bcd(d), 2).join(' ')}`,
  'BCD with a zero in front': (d) => groups(d.length % 2 === 0 ? `00${d}` : `0${d}`, 2).join(' '),
  'EMV tag 9F6B': (d) => {
    const value = bcd(`${d}D2512201`)
    return `9F6B${(value.length / 2).toString(16).padStart(2, '0')}${value}9F6D020001`.toUpperCase()
  },
  'EMV tag 56': (d) => {
    const value = hexOf(`B${d}^DOE/JANE^25122010`)
    return `56${(value.length / 2).toString(16).padStart(2, '0')}${value}`.toUpperCase()
  },
  'EMV tag 57 in pairs': (d) => {
    const value = bcd(`${d}D25122010000`)
    return groups(`57${(value.length / 2).toString(16).padStart(2, '0')}${value}`, 2).join(' ')
  },
  'an EMV list by name': (d) => `5A=${d} 9F36=0001`,
  'ISO 8583 in characters': (d) => `0200F02444810080800000000000000000${'00'}${d.length}${d}000000000000012800`,
  'ISO 8583 with a bitmap of bytes': (d) => `0200p$ \x04\xc0 \xc0\x90${d.length}${d}000000000000012800`,
  'base64 of BCD': (d) => `${Buffer.from(`0A${String(d.length)}${bcd(d)}`, 'hex').toString('base64')}`,
  'base64 of an EMV tag': (d) => Buffer.from(`5A${(bcd(d).length / 2).toString(16).padStart(2, '0')}${bcd(d)}`, 'hex').toString('base64'),
  'base64 of a track': (d) => Buffer.from(`;${d}=25122010000?`).toString('base64'),
  'track 1 in a URL': (d) => `t=%25B${d}%5EDOE%2FJANE%5E25122010000%3F`,
  'track 1 with blanks for a name': (d) => `%B${d}^                          ^2512101000000000000000000000000?`,
  'track 2 in JSON': (d) => `{"t":"${d}\\u003d25122010000"}`,
  'track 2 broken off': (d) => `;${d}=2512`,
  'track 2 behind its length': (d) => `${d.length + 20}${d}=2512101123456789012`,
  'track 3 without sentinels': (d) => `01${d}=724724100000000000030300XXXX040400099010=************************==1=0000000000000000`,
}
