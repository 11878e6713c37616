/** What became of some bytes: refused and why, or all of it harmless but for an unfinished command of `rest` bytes at the end. */
export type Step = { why: string } | { rest: number }

/** The judgement of one dialect over bytes that begin at the start of a command. */
export type Dialect = (bytes: Uint8Array) => Step

/** What the command that begins at i is: its length if it is harmless, 'more' if it is not all there, else why it may not be sent. */
export type Command = (bytes: Uint8Array, i: number) => number | 'more' | { why: string }

const show = (bytes: Uint8Array, i: number): string => Array.from(bytes.slice(i, i + 4), (b) => b.toString(16).padStart(2, '0')).join(' ')

/** A refusal that shows the first bytes of what is refused. */
export const because = (bytes: Uint8Array, i: number, why: string): { why: string } => ({ why: `${show(bytes, i)}: ${why}` })

/** A dialect whose commands follow one another without a frame around them. */
export const byteCommands = (command: Command): Dialect => (bytes) => {
  for (let i = 0; i < bytes.length; ) {
    const found = command(bytes, i)
    if (found === 'more') return { rest: bytes.length - i }
    if (typeof found !== 'number') return found
    i += found
  }
  return { rest: 0 }
}

/** True if the bytes from i on are those of a pattern, as far as they go; undefined in the pattern stands for any byte. */
const matches = (bytes: Uint8Array, i: number, pattern: readonly (number | undefined)[]): boolean => pattern.every((want, k) => i + k >= bytes.length || want === undefined || bytes[i + k] === want)

/** A command of fixed form: pattern (any byte where undefined) and length; those that begin like one but end too early are 'more'. */
export const fixed = (bytes: Uint8Array, i: number, patterns: readonly (readonly (number | undefined)[])[]): number | 'more' | undefined => {
  const whole = patterns.find((p) => bytes.length - i >= p.length && matches(bytes, i, p))
  if (whole) return whole.length
  return patterns.some((p) => bytes.length - i < p.length && matches(bytes, i, p)) ? 'more' : undefined
}

/** A named reason: the bytes that a refused command begins with. */
export type Named = readonly [pattern: readonly (number | undefined)[], why: string]

/** The reason of the first named command that stands at i; undefined if none does. */
export const nameOf = (bytes: Uint8Array, i: number, named: readonly Named[]): string | undefined => named.find(([pattern]) => bytes.length - i >= pattern.length && matches(bytes, i, pattern))?.[1]

/** The reason for the first named command that stands at i, or the general one. */
export const reason = (bytes: Uint8Array, i: number, named: readonly Named[], otherwise: string): { why: string } => because(bytes, i, nameOf(bytes, i, named) ?? otherwise)
