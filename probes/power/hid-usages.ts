/** What a usage of the HID pages Power Device (84h) and Battery System (85h) means to us. */
type Means =
  /** A collection that says what the values in it belong to. */
  | { place: true }
  /** While set, this word stands in ups.status. */
  | { word: string }
  /** While set, this text stands in ups.alarm. */
  | { alarm: string }
  /** A number, given under this name of NUT; `within` is the collection that it must lie in, `kelvin` if it comes in kelvin. */
  | { variable: string; within?: readonly number[]; kelvin?: true }
  /** Read, and put to use as `how` says. */
  | { how: string; number?: true }
  /** Not read, and why. */
  | { left: string }

/** One row of the table: usage with its page in the high word, its name in the standard, its meaning. */
export type UpsUsage = { usage: number; name: string } & Means

const POWER = 0x840000
const BATTERY = 0x850000

/** Usages that code needs by name (Universal Serial Bus Usage Tables for HID Power Devices 1.1). */
export const USAGE = {
  ups: POWER + 0x04,
  batterySystem: POWER + 0x10,
  battery: POWER + 0x12,
  input: POWER + 0x1a,
  output: POWER + 0x1c,
  summary: POWER + 0x24,
  test: POWER + 0x58,
  communicationLost: POWER + 0x73,
  capacityMode: BATTERY + 0x2c,
  remainingCapacity: BATTERY + 0x66,
  fullChargeCapacity: BATTERY + 0x67,
  designCapacity: BATTERY + 0x83,
  manufacturerDate: BATTERY + 0x85,
  batteryPresent: BATTERY + 0xd1,
  acPresent: BATTERY + 0xd0,
} as const

const IN_BATTERY = [USAGE.batterySystem, USAGE.battery, USAGE.summary]
const WRITES = 'writing it cuts the power or starts a test, and what it holds is no symptom'
const STRING = 'an index of a USB string, which hidraw cannot fetch; the name comes from the list of HID devices'
const CHANGES = 'where the UPS changes over to its battery; it then says so itself'
const HARMLESS = 'no fault shows in it'

/** Every usage that UPSs of the makers known to NUT have, and what is made of it. */
export const UPS_USAGES: readonly UpsUsage[] = [
  { usage: POWER + 0x02, name: 'PresentStatus', place: true },
  { usage: USAGE.ups, name: 'UPS', place: true },
  { usage: USAGE.batterySystem, name: 'BatterySystem', place: true },
  { usage: USAGE.battery, name: 'Battery', place: true },
  { usage: POWER + 0x14, name: 'Charger', place: true },
  { usage: POWER + 0x16, name: 'PowerConverter', place: true },
  { usage: USAGE.input, name: 'Input', place: true },
  { usage: USAGE.output, name: 'Output', place: true },
  { usage: USAGE.summary, name: 'PowerSummary', place: true },
  { usage: POWER + 0x30, name: 'Voltage', variable: 'input.voltage', within: [USAGE.input] },
  { usage: POWER + 0x30, name: 'Voltage', variable: 'output.voltage', within: [USAGE.output] },
  { usage: POWER + 0x30, name: 'Voltage', variable: 'battery.voltage', within: IN_BATTERY },
  { usage: POWER + 0x31, name: 'Current', left: HARMLESS },
  { usage: POWER + 0x32, name: 'Frequency', variable: 'input.frequency', within: [USAGE.input] },
  { usage: POWER + 0x35, name: 'PercentLoad', variable: 'ups.load' },
  { usage: POWER + 0x36, name: 'Temperature', variable: 'battery.temperature', within: IN_BATTERY, kelvin: true },
  { usage: POWER + 0x40, name: 'ConfigVoltage', variable: 'input.voltage.nominal', within: [USAGE.input] },
  { usage: POWER + 0x40, name: 'ConfigVoltage', variable: 'battery.voltage.nominal', within: IN_BATTERY },
  { usage: POWER + 0x44, name: 'ConfigActivePower', left: HARMLESS },
  { usage: POWER + 0x53, name: 'LowVoltageTransfer', left: CHANGES },
  { usage: POWER + 0x54, name: 'HighVoltageTransfer', left: CHANGES },
  { usage: POWER + 0x55, name: 'DelayBeforeReboot', left: WRITES },
  { usage: POWER + 0x56, name: 'DelayBeforeStartup', left: WRITES },
  { usage: POWER + 0x57, name: 'DelayBeforeShutdown', left: WRITES },
  { usage: USAGE.test, name: 'Test', how: 'read as ups.test.result, never written: 1 passed, 2 warning, 3 error, 4 aborted, 5 in progress, 6 none', number: true },
  { usage: POWER + 0x5a, name: 'AudibleAlarmControl', left: HARMLESS },
  { usage: POWER + 0x61, name: 'Good', left: 'stays 0 on some healthy units; the flags beside it say what is wrong' },
  { usage: POWER + 0x62, name: 'InternalFailure', alarm: 'internal failure' },
  { usage: POWER + 0x63, name: 'VoltageOutOfRange', alarm: 'voltage out of range' },
  { usage: POWER + 0x64, name: 'FrequencyOutOfRange', alarm: 'frequency out of range' },
  { usage: POWER + 0x65, name: 'Overload', word: 'OVER' },
  { usage: POWER + 0x66, name: 'OverCharged', alarm: 'battery overcharged' },
  { usage: POWER + 0x67, name: 'OverTemperature', alarm: 'temperature too high' },
  { usage: POWER + 0x68, name: 'ShutdownRequested', word: 'FSD' },
  { usage: POWER + 0x69, name: 'ShutdownImminent', word: 'LB' },
  { usage: POWER + 0x6e, name: 'Boost', word: 'BOOST' },
  { usage: POWER + 0x6f, name: 'Buck', word: 'TRIM' },
  { usage: POWER + 0x72, name: 'AwaitingPower', alarm: 'awaiting power' },
  { usage: USAGE.communicationLost, name: 'CommunicationLost', how: 'set: the data are stale, nothing else is concluded' },
  { usage: POWER + 0xfd, name: 'iManufacturer', left: STRING },
  { usage: POWER + 0xfe, name: 'iProduct', left: STRING },
  { usage: POWER + 0xff, name: 'iSerialNumber', left: STRING },
  { usage: BATTERY + 0x29, name: 'RemainingCapacityLimit', left: 'where the UPS begins to say that the battery is low; it then says so itself' },
  { usage: BATTERY + 0x2a, name: 'RemainingTimeLimit', left: 'where the UPS begins to say that the battery is low; it then says so itself' },
  { usage: USAGE.capacityMode, name: 'CapacityMode', how: '2: capacities are percent, whatever their unit says', number: true },
  { usage: BATTERY + 0x42, name: 'BelowRemainingCapacityLimit', word: 'LB' },
  { usage: BATTERY + 0x43, name: 'RemainingTimeLimitExpired', word: 'LB' },
  { usage: BATTERY + 0x44, name: 'Charging', word: 'CHRG' },
  { usage: BATTERY + 0x45, name: 'Discharging', word: 'DISCHRG' },
  { usage: BATTERY + 0x46, name: 'FullyCharged', left: 'the charge in percent says more' },
  { usage: BATTERY + 0x47, name: 'FullyDischarged', word: 'LB' },
  { usage: BATTERY + 0x4b, name: 'NeedReplacement', word: 'RB' },
  { usage: BATTERY + 0x64, name: 'RelativeStateOfCharge', variable: 'battery.charge' },
  { usage: USAGE.remainingCapacity, name: 'RemainingCapacity', how: 'battery.charge in percent; in ampere-seconds its share of FullChargeCapacity', number: true },
  { usage: USAGE.fullChargeCapacity, name: 'FullChargeCapacity', how: 'what RemainingCapacity is a share of; its own share of DesignCapacity is the wear of the battery', number: true },
  { usage: BATTERY + 0x68, name: 'RunTimeToEmpty', variable: 'battery.runtime' },
  { usage: BATTERY + 0x6b, name: 'CycleCount', left: HARMLESS },
  { usage: USAGE.designCapacity, name: 'DesignCapacity', how: 'what FullChargeCapacity should be', number: true },
  { usage: USAGE.manufacturerDate, name: 'ManufacturerDate', how: 'age of the battery: (year - 1980) * 512 + month * 32 + day, or mmddyy in hexadecimal digits where the profile says so', number: true },
  { usage: BATTERY + 0x89, name: 'iDeviceChemistry', left: STRING },
  { usage: BATTERY + 0x8b, name: 'Rechargeable', left: HARMLESS },
  { usage: BATTERY + 0x8c, name: 'WarningCapacityLimit', left: HARMLESS },
  { usage: USAGE.acPresent, name: 'ACPresent', how: '1: OL, 0: OB' },
  { usage: USAGE.batteryPresent, name: 'BatteryPresent', how: '0: the alarm that there is no battery' },
  { usage: BATTERY + 0xd2, name: 'PowerFail', word: 'OB' },
  { usage: BATTERY + 0xd8, name: 'VoltageOutOfRange', alarm: 'battery voltage out of range' },
]

/** True for a usage whose value is a number and not a flag. */
export const isNumber = (row: UpsUsage): boolean => 'variable' in row || ('number' in row && row.number === true)

/** True for a usage whose value is asked of the UPS. */
export const isRead = (row: UpsUsage): boolean => !('left' in row || 'place' in row)
