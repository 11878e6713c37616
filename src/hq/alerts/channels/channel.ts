import type { Channel, ChannelTarget, ChannelType, DeliveryProblem } from '../../../model/alerts.ts'
import type { Limit, Notice } from '../store.ts'
import type { Words } from '../words.ts'

/** Why a message did not go out; `waitMs` if the other side said how long to wait. */
export interface Trouble { kind: DeliveryProblem; detail: string; waitMs?: number }

/** A message on its way to a channel. `id` is the message's own, the same at every try. */
export interface Message { id: string; channel: Channel; words: Words; notices: readonly Notice[]; test: boolean; now: number }

/** What there is to know of a kind of channel. */
export interface ChannelKind<T extends ChannelTarget> {
  /** What the other side takes, with a margin, as its clock is not ours. */
  limits: readonly Limit[]
  /** Alerts in one message. */
  most: number
  /** What tries are counted by: two channels to the same robot share its limits. */
  robotOf(target: T): string
  /** Where it leads, without secrets. */
  leadsTo(target: T): string
  /** Sends a message; undefined once the other side has taken it. */
  send(target: T, message: Message): Promise<Trouble | undefined>
}

/** Every kind of channel by its type. */
export type ChannelKinds = { [K in ChannelType]: ChannelKind<Extract<ChannelTarget, { type: K }>> }

/** The host of an address, which is all of it that is no secret. */
export const hostOf = (url: string): string => new URL(url).host

// What markup of the chat programs could be made of, by full-width look-alikes: not all of them know escapes.
const LOOK_ALIKE: Record<string, string> = { '<': '＜', '>': '＞', '[': '［', ']': '］', '*': '＊', '`': '｀', '~': '～' }

/** Text that a chat program shows as it is, and does not take for markup. */
export const unmarked = (text: string): string => text.replace(/[<>[\]*`~]/g, (c) => LOOK_ALIKE[c] ?? c)
