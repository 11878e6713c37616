import { because, type Dialect } from './commands.ts'

/** USB HID power devices: they are read; every report that is sent sets something. */
export const hidPower: Dialect = (bytes) => because(bytes, 0, 'a report sent to a UPS can cut the power, start a battery test or change a delay')

/** USB HID scales: they are read; a report that is sent sets their zero or their unit. */
export const hidScale: Dialect = (bytes) => because(bytes, 0, 'a report sent to a scale can set its zero or its unit')

/** What TEMPer thermometers are asked (urwen/temper, temper.py): firmware, reading. The leading 00 stands for "no report id". */
const TEMPER_QUESTIONS: readonly (readonly number[])[] = [[0x00, 0x01, 0x86, 0xff, 0x01, 0, 0, 0, 0], [0x00, 0x01, 0x80, 0x33, 0x01, 0, 0, 0, 0]]

/** TEMPer thermometers: the questions for firmware and reading pass. */
export const temper: Dialect = (bytes) =>
  (TEMPER_QUESTIONS.some((question) => question.length === bytes.length && question.every((byte, i) => byte === bytes[i])) ? { rest: 0 } : because(bytes, 0, 'neither the question for the firmware nor that for the reading'))

/** TEMPer thermometers on a serial port: the words that ask for version and reading pass. */
export const temperSerial: Dialect = (bytes) => (['Version', 'ReadTemp'].includes(String.fromCharCode(...bytes.slice(0, 16))) ? { rest: 0 } : because(bytes, 0, 'neither Version nor ReadTemp'))
