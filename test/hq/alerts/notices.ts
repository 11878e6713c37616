import type { Message } from '../../../src/hq/alerts/channels/channel.ts'
import { messageOf } from '../../../src/hq/alerts/send.ts'
import type { Notice } from '../../../src/hq/alerts/store.ts'
import { type AlertRow, Channel, type ChannelTarget } from '../../../src/model/alerts.ts'
import { uuidv7 } from '../../../src/model/id.ts'

/** 2023-11-15 06:13:20 in Shanghai; the time of the signing vectors. */
export const AT = 1_700_000_000_000

/** A notice of an incident at SHOP-1 unless told. */
export const notice = (more: Partial<AlertRow['subject']> = {}, change: Notice['change'] = 'firing', row: Partial<AlertRow> = {}): Notice => ({
  change,
  at: AT,
  alert: {
    id: uuidv7(AT), ruleId: '018bcfe5-6800-7000-8000-000000000001', rule: '阻断', on: 'incident', since: AT - 60_000,
    subject: { terminalId: 'SHOP-1', store: '建国路店', region: '华北', incident: '018bcfe5-6800-7000-8000-000000000002', fault: 'PRN-PAPER-OUT', device: 'printer-1', severity: 'block', title: { zh: '打印机缺纸', en: 'Printer out of paper' }, ...more },
    ...row,
  },
})

/** A channel with this target; Chinese, in Shanghai. */
export const channelTo = (target: ChannelTarget, more: Partial<Channel> = {}): Channel => Channel.parse({ name: 'c', language: 'zh-CN', timeZone: 'Asia/Shanghai', gatherSeconds: 0, target, ...more })

/** A message to a channel as it goes out. */
export const messageTo = (channel: Channel, notices: Notice[], test = false): Message =>
  messageOf({ id: uuidv7(AT), changedAt: AT, channel }, { id: '018bcfe5-6800-7000-8000-00000000000a', channelId: uuidv7(AT), createdAt: AT, test, tries: 1, notices }, AT)
