import { createHash } from 'node:crypto'
import type { ChannelTarget } from '../../../model/alerts.ts'
import type { KeptChannel, Sending } from '../store.ts'
import { alertmanager } from './alertmanager.ts'
import type { ChannelKind, ChannelKinds, Message, Trouble } from './channel.ts'
import { dingtalk } from './dingtalk.ts'
import { email } from './email.ts'
import { feishu } from './feishu.ts'
import { pagerduty } from './pagerduty.ts'
import { slack } from './slack.ts'
import { webhook } from './webhook.ts'
import { wecom } from './wecom.ts'

const KINDS: ChannelKinds = { dingtalk, wecom, feishu, slack, pagerduty, email, alertmanager, webhook }

// Which kind goes with which target the compiler cannot see through the index.
const kindOf = (target: ChannelTarget): ChannelKind<ChannelTarget> => KINDS[target.type] as ChannelKind<ChannelTarget>

/** How a channel is claimed. The robot is kept as a hash, as its address is a secret. */
export const sendingOf = ({ id, channel }: KeptChannel): Sending => {
  const { limits, most, robotOf } = kindOf(channel.target)
  const robot = createHash('sha256').update(`${channel.target.type} ${robotOf(channel.target)}`).digest('hex')
  return { channelId: id, robot, gatherMs: channel.gatherSeconds * 1000, most, limits }
}

/** Where a channel leads, without secrets. */
export const leadsTo = (target: ChannelTarget): string => kindOf(target).leadsTo(target)

/** Sends a message; undefined once the other side has taken it. */
export const sendTo = (target: ChannelTarget, message: Message): Promise<Trouble | undefined> => kindOf(target).send(target, message)
