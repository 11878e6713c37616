import { TEMPER_LAYOUTS } from '../../../probes/environment/temper.ts'
import { SCALE_STATES } from '../../../probes/scale/reading.ts'
import { handled, out, type Section, seen } from '../protocol-page.ts'

const ASKED_BY_A_PERSON = '`posdiag test KIND` asks a person with the device in front of them'

/** The sections of docs/protocols/peripherals.md. */
export const SECTIONS: readonly Section[] = [
  {
    title: 'Whatever hangs on a host',
    rows: [
      handled('`/sys/bus/usb/devices`, `/sys/bus/hid/devices`, `/dev`', 'presence, product, serial number', '`KIND.present`, `KIND.product`, `KIND.serial` of every kind below'),
      handled('`idVendor`, `idProduct`, `bcdDevice`, place in the tree', 'identity and port', '`KIND.usb-id`, `KIND.usb-release`, `KIND.usb-path` of every kind that may hang on USB, in a whole check'),
      seen('the same units as at the last inspection', 'readers and PIN pads', 'configuration.payment-units-swapped', 'by serial number; `posdiag inspect --by NAME` keeps one'),
      seen('', 'other devices', 'configuration.units-swapped'),
      seen('', 'the same serial number at another port', 'configuration.units-moved', 'no finding'),
      seen('', 'other firmware', 'configuration.units-updated', 'no finding'),
      seen('age of the inspection', '', 'configuration.inspected-days-ago'),
      handled('`/dev/bus/usb`, `/dev/serial/by-id`, `/dev/input/by-id`', 'a device comes, goes, moves, is replaced', 'told by the kernel within 2 s; the names of the USB tree are listed every second where that folder is not there'),
    ],
  },
  {
    title: 'Barcode scanners',
    rows: [
      seen('report descriptor: page 8C', 'HID scanner', 'scanner.mode'),
      seen('report descriptor: usage 01:06', 'keyboard wedge', 'scanner.mode'),
      seen('setting `mode`', 'the mode that the POS application needs', 'scanner.mode-right', 'set-up codes scanned by accident are a usual reason'),
      out('input report 02: length, AIM id, data, continuation', 'what was scanned', 'may be a payment code; nobody listens'),
      out('feature report FE = 01 (Honeywell, Youjie)', 'starts HID scanner mode', 'changes the state of the scanner'),
      seen('a known label', 'it reads', 'scanner.reads', ASKED_BY_A_PERSON),
      out('serial: 9600 or 115200 8N1, suffix CR', '', 'passive ports say nothing unasked; presence by the port'),
    ],
  },
  {
    title: 'Scales',
    rows: [
      ...[...SCALE_STATES].map(([usage, state]) => seen(`\`8D:${(usage & 0xff).toString(16).toUpperCase()}\``, state, 'scale.state')),
      out('`8D:40` weight, `8D:41` scaling, `8D:50` unit', 'what lies on it', 'no business of a diagnosis'),
      out('`8D:60`, `8D:61`, `8D:34` reports', 'counts of calibration and zeroing, limit', 'asked for by few models; the states say when they matter'),
      out('`8D:80`, `8D:81` control report', 'sets the zero', 'refused by the deny-list'),
      seen('a known weight', 'it weighs right', 'scale.weighs', ASKED_BY_A_PERSON),
      out('serial dialects', '', 'no reference at hand; presence by the port'),
    ],
  },
  {
    title: 'Keyboards, touch screens',
    rows: [
      handled('`/proc/bus/input/devices`', 'which devices type, which are touched', 'by their bits EV, KEY and ABS'),
      seen('evdev: value 2 for two seconds without another key', 'stuck key', 'keyboard.held-s', 'which key it is does not leave the bench; in whole checks only'),
      seen('', 'the keys repeat by themselves', 'keyboard.stuck-key', ASKED_BY_A_PERSON),
      seen('', 'the keys work', 'keyboard.works', ASKED_BY_A_PERSON),
      seen('BTN_TOUCH with a position', 'touch panel', 'display.touch-present', 'setting `touch`'),
      seen('', 'touches land', 'display.touch-works', ASKED_BY_A_PERSON),
    ],
  },
  {
    title: 'Displays',
    rows: [
      seen('`/sys/class/drm/*/status`', 'a screen is plugged in', 'display.connected'),
      seen('`/sys/class/backlight`', 'brightness of a built-in screen that is awake', 'display.backlight-percent'),
      seen('the screen', 'it shows something', 'display.lit', ASKED_BY_A_PERSON),
      out('VFD `1B 40`, `0C`, `0B`, `18`, `1F …`', 'initialise, clear, cursor, modes, self-test', 'write-only and visible to customers; the port belongs to the POS application'),
      out('VFD `1B 38` (NCR)', 'identity', 'the port belongs to the POS application, and opening it raises DTR'),
      out('CTS, DSR', 'level', 'opening the port raises DTR, which resets some displays'),
    ],
  },
  {
    title: 'Cash drawers',
    rows: [
      seen('pin 3 of the printer\'s drawer connector', 'level', 'drawer.pin-high', 'as the printer\'s probe saw it'),
      seen('the same, once somebody said which level means open', 'open or closed', 'drawer.open', 'the printer\'s setting `drawer-open-when`'),
      seen('', 'it opens', 'drawer.opens', 'a person tells; `posdiag test printer` pulses it after consent'),
      out('`1B 70 m t1 t2`, `10 14 01 m t`', 'fires the solenoid', 'refused by the deny-list; only with an operator\'s consent'),
    ],
  },
  {
    title: 'Temperature and humidity',
    rows: [
      seen('hwmon, industrial I/O', 'sensors of the room', 'environment.temperature-c', 'sensors of boards measure the inside of a case and do not count'),
      seen('', '', 'environment.humidity-percent'),
      seen('TEMPer `01 86 FF 01 …`', 'firmware', 'environment.firmware'),
      ...TEMPER_LAYOUTS.map(({ firmware, divisor, humidityAt, outsideAt }) => seen(
        `TEMPer \`01 80 33 01 …\`, firmware ${firmware.source}`,
        [`temperature at 2 / ${divisor}`, humidityAt === undefined ? '' : `humidity at ${humidityAt}`, outsideAt === undefined ? '' : `second probe at ${outsideAt}`].filter(Boolean).join(', '),
        'environment.temperature-c', 'signed, high byte first; 4E 20 is no sensor',
      )),
      out('TEMPer2, humidity at 12', 'of the second probe', 'the second probe counts only where the first is missing'),
      seen('TEMPer on a serial port: `Version`, `ReadTemp`', 'lines of text', 'environment.temperature-c', 'wording of the lines unverified on a unit'),
      seen('', 'water', 'environment.water', ASKED_BY_A_PERSON),
      seen('', 'a magnet or a source of interference', 'environment.magnet', ASKED_BY_A_PERSON),
    ],
  },
]
