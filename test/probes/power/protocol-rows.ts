import { UPS_FACTS } from '../../../probes/power/hid-ups.ts'
import { UPS_USAGES, type UpsUsage } from '../../../probes/power/hid-usages.ts'
import { NUT_ERRORS } from '../../../probes/power/nut.ts'
import { SUPPLY_FILES } from '../../../probes/power/supplies.ts'
import { THROTTLE_BITS } from '../../../probes/power/throttle.ts'
import { handled, out, type Row, type Section, seen } from '../protocol-page.ts'

const usageName = (usage: number): string => `${(usage >>> 16).toString(16).toUpperCase()}:${(usage & 0xff).toString(16).toUpperCase().padStart(2, '0')}`

/** Which observation a variable of NUT becomes. */
const VARIABLES: Readonly<Record<string, string>> = {
  'battery.charge': 'power.battery-percent', 'battery.runtime': 'power.runtime-s', 'battery.temperature': 'power.battery-temperature-c', 'ups.load': 'power.load-percent', 'battery.voltage': 'power.battery-voltage-v',
  'input.voltage': 'power.input-voltage-v', 'input.voltage.nominal': 'power.input-voltage-nominal-v', 'input.frequency': 'power.input-frequency-hz',
  'input.voltage.minimum': 'power.input-voltage-least-v', 'input.voltage.maximum': 'power.input-voltage-most-v', 'input.transfer.reason': 'power.transfer-reason',
  'ups.test.result': 'power.battery-health', 'ups.test.date': 'power.self-test-age-days', 'battery.date': 'power.battery-age-days', 'battery.mfr.date': 'power.battery-age-days',
  'ups.alarm': 'power.ups-alarm', 'ups.status': 'power.ups-status', 'ups.serial': 'power.serial', 'ups.firmware': 'power.firmware', 'device.model': 'power.ups-model',
}

/** Which observation a word of ups.status becomes, and what it means. */
const WORDS: Readonly<Record<string, readonly [meaning: string, observation: string, reason?: string]>> = {
  OL: ['on line', 'power.on-battery'], OB: ['on battery', 'power.on-battery'], LB: ['battery low', 'power.ups-low-battery'], RB: ['replace the battery', 'power.ups-replace-battery'],
  CHRG: ['charging', 'power.battery-charging'], DISCHRG: ['discharging', 'power.battery-charging', 'with OL: on battery only if the input is dead'], BYPASS: ['no protection', 'power.ups-bypass'],
  CAL: ['calibrating', 'power.on-battery', 'a test is no outage'], TEST: ['testing', 'power.on-battery', 'a test is no outage'], OFF: ['output off', 'power.output-off', 'not believed while the output has its voltage'],
  OVER: ['overloaded', 'power.ups-overload'], TRIM: ['voltage being reduced', 'power.ups-regulating'], BOOST: ['voltage being raised', 'power.ups-regulating'],
  FSD: ['forced shutdown', 'power.ups-shutting-down', 'not believed on line with a battery that is not low'], ALARM: ['an alarm is active', 'power.ups-alarm', 'its text'], OVERHEAT: ['too hot', 'power.ups-hot'],
}

const hidRow = (row: UpsUsage): Row => {
  const what = `\`${usageName(row.usage)}\` ${row.name}`
  if ('left' in row) return out(what, 'not read', row.left)
  if ('place' in row) return handled(what, 'collection', 'says what the values in it belong to')
  if ('word' in row) return seen(what, `${row.word} in ups.status`, WORDS[row.word]?.[1] ?? '')
  if ('alarm' in row) return seen(what, `alarm: ${row.alarm}`, 'power.ups-alarm')
  if ('how' in row) return handled(what, row.how, '')
  const observation = VARIABLES[row.variable]
  return observation === undefined ? handled(what, row.variable, 'tells whether OFF is to be believed and what the nominal voltage can be') : seen(what, row.variable, observation)
}

const SUPPLIES: Readonly<Record<(typeof SUPPLY_FILES)[number], Row>> = {
  type: handled('`type`', 'Battery, Mains, USB, Wireless, UPS', 'says how the rest is read'),
  scope: handled('`scope`', 'Device: battery of a mouse or keyboard', 'left out of the host\'s own supplies'),
  online: seen('`online`', '0, 1, 2', 'power.mains-online', 'a PC\'s idle USB ports say 0 and prove nothing'),
  present: handled('`present`', 'a bay without battery', 'not counted'),
  status: seen('`status`', 'Charging, Discharging, Not charging, Full, Unknown', 'power.battery-charging'),
  capacity: seen('`capacity`', '0 to 100', 'power.battery-percent'),
  health: seen('`health`', 'Good, Overheat, Dead, Over voltage, …', 'power.battery-health'),
  temp: seen('`temp`', 'tenths of a degree', 'power.battery-temperature-c'),
  energy_full: seen('`energy_full`', 'µWh', 'power.battery-wear-percent'),
  energy_full_design: seen('`energy_full_design`', 'µWh', 'power.battery-wear-percent'),
  charge_full: seen('`charge_full`', 'µAh', 'power.battery-wear-percent'),
  charge_full_design: seen('`charge_full_design`', 'µAh', 'power.battery-wear-percent'),
}

const HARMLESS = 'no fault shows in it'

/** The sections of docs/protocols/power.md. */
export const SECTIONS: readonly Section[] = [
  {
    title: 'UPS over USB: HID power device',
    rows: [
      seen('list of HID devices', 'maker, product, serial number', 'power.ups-model', 'APC\'s firmware stands behind `FW:` of the product'),
      seen('none of them fits', 'neither listed nor on the bus', 'power.ups-contact', 'on the bus and not listed: another program drives it, which is `busy` and no lost contact'),
      handled('report descriptor', 'from `/sys/class/hidraw/*/device/report_descriptor`', 'read by our own parser; bit positions and report ids are never assumed'),
      handled('feature reports', 'asked one by one, status first', 'the bytes of another report\'s id are not believed; a refused one is asked once more with room for 64 bytes'),
      handled('input reports', 'heard for 2.5 s where no feature report has the status', 'not where the profile says `interrupts: false`'),
      out('any report that is sent', 'sets something', 'can cut the power or start a test: refused by the deny-list'),
      ...UPS_USAGES.map(hidRow),
      handled('usages on the wrong page', 'clones put 85:xx on page 84', 'read as 85:xx where no usage of page 85 is there and the number fits'),
    ],
  },
  {
    title: 'Report descriptors (all HID devices)',
    rows: [
      handled('main items 80, 90, B0, A0, C0', 'input, output, feature, collection, end', 'collections too few or too many are borne'),
      handled('global items 04 to 94, A4, B4', 'page, ranges, unit, exponent, size, id, count, push, pop', 'a maximum below its minimum is meant unsigned'),
      handled('local items 08, 18, 28, A8', 'usage, range of usages, alternatives', 'of alternatives the first counts'),
      out('local items 38, 48, 58, 78, 88, 98', 'designators and strings', 'strings cannot be fetched over hidraw'),
      handled('long items FE', '', 'stepped over'),
      handled('constant (b0)', 'padding, or a value not to be written', 'padding is what has no usage'),
      handled('array (b1)', 'value chooses a usage', 'scales'),
      handled('null state (b6)', 'outside of the range means none', 'elsewhere values are not clipped: ranges of APC and CyberPower are wrong'),
      handled('physical range, unit, exponent', 'scaling to V, A, W, Hz, s, K', 'CGS to SI by the nibbles of the unit'),
      handled('an item past the end, reports without end', '', 'the descriptor is refused: garbled'),
    ],
  },
  {
    title: 'NUT (TCP 3493)',
    rows: [
      seen('`VER`', 'what the server is', 'power.ups-server'),
      handled('`LIST VAR ups`', 'everything at once', 'words in quotes with escapes; cut off anywhere it is none'),
      handled('`LIST UPS`', 'names', 'only where the UPS is not known, to name those that are'),
      handled('`LOGOUT`', '', 'always sent'),
      out('`GET VAR`, `NETVER`, `LIST CMD`, `LIST RW`, `LIST CLIENT`', '', 'LIST VAR says the same or more'),
      out('`SET`, `INSTCMD`, `FSD`, `LOGIN`', 'act', 'refused by the deny-list'),
      ...Object.entries(NUT_ERRORS).map(([error, { absent, detail }]) => seen(`\`ERR ${error}\``, detail.replace(`${error}: `, ''), 'power.ups-contact', absent)),
      seen('`ERR DATA-STALE`', 'the data are stale', 'power.ups-stale', 'stale data are neither lost contact nor an outage'),
      handled('any other `ERR`', '', 'refused, told as it is'),
      seen('`driver.state` reconnect…', 'the driver has lost the UPS', 'power.ups-stale'),
      handled('`ups.status` WAIT', 'the driver starts', 'nothing is concluded'),
      seen('`ups.status`', 'all its words', 'power.ups-status'),
      ...Object.entries(WORDS).map(([word, [meaning, observation, reason]]) => seen(`\`ups.status\` ${word}`, meaning, observation, reason)),
      out('`ups.status` HB', 'battery too high', HARMLESS),
      seen('OL with OB, CHRG with DISCHRG, OB with CHRG', 'words that contradict each other', 'power.plausible', 'nothing is concluded of the mains'),
      seen('`ups.alarm` with internal, fan, inverter or charger failure, no battery', 'a part has failed', 'power.ups-fault'),
      ...Object.entries(VARIABLES).filter(([name]) => name !== 'ups.status').map(([name, observation]) => seen(`\`${name}\``, '', observation)),
      seen('charge outside 0 to 100, run time 65535, 80 °C and more, 300 V and more', 'cannot be', 'power.plausible', 'left out and told, no alarm'),
      out('`output.current`, `ups.power` and others', '', `${HARMLESS} that the rows above do not show`),
    ],
  },
  {
    title: 'The mains over time',
    rows: [
      seen('changes from mains to battery', 'counted by the agent over 24 hours', 'power.transfers-24h'),
      seen('boots of the last 24 hours', 'from the agent\'s store', 'power.reboots-24h'),
      seen('the boot before this one', 'ended without an orderly stop', 'power.unclean-shutdown'),
      seen('`/sys/fs/pstore`', 'kernel crash rather than power cut', 'power.crash-record'),
      out('journald, EXT4 recovery, `last -x`', 'other marks of an unclean shutdown', 'the heartbeat of the agent\'s own store is the most reliable one; the kernel log is read by the host probe'),
    ],
  },
  {
    title: 'Adapters and batteries: /sys/class/power_supply',
    rows: [
      ...SUPPLY_FILES.map((file) => SUPPLIES[file]),
      out('`capacity_level`', 'Critical, Low, Normal, …', '`capacity` says more; drivers that give only the level are those of mice'),
      out('`voltage_now`, `current_now`, `technology`', '', HARMLESS),
    ],
  },
  {
    title: 'Raspberry Pi: throttle flags',
    rows: [
      ...THROTTLE_BITS.map(({ bit, name, what }) => seen(`bit ${bit} (\`${(2 ** bit).toString(16)}\`)`, what, name)),
      handled('`rpi_volt` in hwmon', 'in0_lcrit_alarm', 'stands in for bit 0 where the firmware\'s flags are not shown'),
      out('`vcgencmd get_throttled`', '', 'starts a program; the kernel shows the same number (place of the file unverified on a board)'),
    ],
  },
  {
    title: 'Facts of a profile',
    rows: Object.entries(UPS_FACTS).map(([name, meaning]) => handled(`\`${name}\``, meaning, 'quirk of a model; probes/power/profiles')),
  },
]
