/** What printers say of themselves in bits: the name of each flag and what it means when it is set. With the prefix `printer.` the names are observation names. */
export const FLAGS = {
  online: 'it takes print data',
  'waiting-recovery': 'it waits for the order to go on after an error',
  'feed-button': 'the feed button is pressed',
  'cover-open': 'the cover is open',
  feeding: 'paper is being fed by the button',
  'paper-stop': 'it stopped because the paper ended',
  error: 'any error',
  'mechanical-error': 'a recoverable error other than the cutter, as a paper jam',
  'cutter-error': 'the cutter is stuck',
  'unrecoverable-error': 'voltage, memory or head sensor failed',
  'auto-recoverable-error': 'an error that passes by itself: the print head is too hot',
  'paper-near-end': 'the roll is nearly used up',
  'paper-end': 'no paper at the end sensor (not to be trusted while the cover is open)',
  'drawer-pin-high': 'level of pin 3 of the drawer connector; says nothing of open or closed by itself',
  'drawer-switch-closed': 'the switch of the drawer connector is closed (Star: compulsion switch); says nothing of open or closed by itself',
  'battery-low': 'off-line because its own battery is low',
  'ink-low': 'ink of the first colour is nearly used up',
  'ink-end': 'no ink of the first colour',
  'ink-missing': 'the cartridge of the first colour is not there',
  'ink-cleaning': 'it cleans its ink head',
  'ink-two-low': 'ink of the second colour is nearly used up',
  'ink-two-end': 'no ink of the second colour',
  'ink-two-missing': 'the cartridge of the second colour is not there',
  'label-waiting': 'it waits until the label or the slip is taken away',
  'peeler-empty': 'no paper at the peeler',
  'several-interfaces': 'it may print for several interfaces at once',
  'display-busy': 'its customer display is busy',
  'black-mark-error': 'it does not find the black mark of its paper',
  'buffer-overflow': 'more data came than it could take: flow control does not work',
  'buffer-empty': 'nothing waits in its receive buffer',
  'line-errors': 'it receives bytes with wrong framing or parity: the speed or the parity of the line is wrong',
  'switched-offline': 'somebody switched it off-line',
  'page-mode-error': 'it got a command that page mode does not allow',
  'drawer-fault': 'the drawer did not open when it was told to',
  'unit-open': 'a part of the unit is open',
  'spooler-full': 'its spooler is full',
  'part-worn': 'it says that a part should be replaced',
  'cleaning-due': 'it says that it should be cleaned',
} as const

/** Name of a status flag. */
export type Flag = keyof typeof FLAGS

/** What is known of the flags; one that was not told is left out. */
export type Status = Partial<Record<Flag, boolean>>

/** Which bits of a byte tell a flag. The flag is set if any of them is: clones set only one of a pair. */
export interface Bits {
  flag: Flag
  mask: number
  inverted?: true
}

/** The flags in one byte. */
export const decode = (byte: number, bits: readonly Bits[]): Status =>
  Object.fromEntries(bits.map(({ flag, mask, inverted }) => [flag, ((byte & mask) !== 0) !== (inverted ?? false)]))

/** Several statements of one printer as one: a flag that one of them sets is set. */
export const together = (parts: readonly Status[]): Status => {
  const status: Status = {}
  for (const part of parts) for (const [flag, on] of Object.entries(part) as [Flag, boolean][]) status[flag] = flag === 'online' ? (status.online ?? true) && on : status[flag] === true || on
  return status
}

const ERRORS: readonly Flag[] = ['mechanical-error', 'cutter-error', 'unrecoverable-error', 'auto-recoverable-error']

/** The same with `error` concluded from the errors, for blocks that tell it only by its causes. */
export const withError = (status: Status): Status => ({ ...status, error: ERRORS.some((flag) => status[flag] === true) })

/** Statements of one printer that exclude each other: its flags are then not to be relied on. */
export const contradicts = (status: Status): boolean => {
  const offlineCause = status['cover-open'] || status['paper-stop'] || status.error
  const fault = status['mechanical-error'] || status['cutter-error'] || status['unrecoverable-error']
  // A cover that is opened while printing shows as an auto-recoverable error on some models, without the error bit.
  const passing = status['auto-recoverable-error'] && !status['cover-open']
  return (status.online === true && offlineCause === true) || (status.error === false && (fault === true || passing === true))
}

/** True if the printer says that it is off-line and gives no reason: possible (it starts up, its voltage is wrong), but also how a late answer looks. */
export const offlineWithoutCause = (status: Status): boolean =>
  status.online === false && [status['cover-open'], status.feeding, status['paper-stop'], status.error, status['waiting-recovery']].every((flag) => flag === false)
