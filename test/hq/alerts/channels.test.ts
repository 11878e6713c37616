import { createHmac } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import type { Trouble } from '../../../src/hq/alerts/channels/channel.ts'
import { dingTalkSign, dingTalkUrl } from '../../../src/hq/alerts/channels/dingtalk.ts'
import { feishuSign } from '../../../src/hq/alerts/channels/feishu.ts'
import { leadsTo, sendTo } from '../../../src/hq/alerts/channels/index.ts'
import { webhookSignature } from '../../../src/hq/alerts/channels/webhook.ts'
import { weComContent } from '../../../src/hq/alerts/channels/wecom.ts'
import type { Notice } from '../../../src/hq/alerts/store.ts'
import type { ChannelTarget } from '../../../src/model/alerts.ts'
import { AT, channelTo, messageTo, notice } from './notices.ts'
import { type Heard, http, httpReceiver, mailServer, type Receiver } from './receivers.ts'

const closing: { close(): Promise<void> }[] = []
afterEach(async () => void (await Promise.all(closing.splice(0).map((c) => c.close()))))

const receiving = async (...answers: (string | undefined)[]): Promise<Receiver> => {
  const receiver = await httpReceiver((_heard, nth) => answers[Math.min(nth, answers.length) - 1])
  closing.push(receiver)
  return receiver
}

const deliver = (target: ChannelTarget, notices: Notice[] = [notice()], more: { language?: 'zh-CN' | 'en'; hqUrl?: string; test?: boolean } = {}): Promise<Trouble | undefined> => {
  const { test = false, ...channel } = more
  return sendTo(target, messageTo(channelTo(target, channel), notices, test))
}

const jsonOf = <T>(heard: Heard | undefined): T => JSON.parse(heard?.body ?? 'null') as T

describe('signatures', () => {
  it('DingTalk: the vector, and its place in the address', () => {
    expect(dingTalkSign('SECtestsecret', 1700000000000)).toBe('7LVwF0dAF3/+MRRulbpE4y72Ogzykc6bS2nG4I99T4s=')
    expect(dingTalkUrl({ url: 'https://oapi.dingtalk.com/robot/send?access_token=abc', secret: 'SECtestsecret' }, 1700000000000)).toBe('https://oapi.dingtalk.com/robot/send?access_token=abc&timestamp=1700000000000&sign=7LVwF0dAF3%2F%2BMRRulbpE4y72Ogzykc6bS2nG4I99T4s%3D')
    expect(dingTalkUrl({ url: 'https://oapi.dingtalk.com/robot/send?access_token=abc' }, 1)).toBe('https://oapi.dingtalk.com/robot/send?access_token=abc')
  })

  it('Feishu: the vector, whose key is what DingTalk signs', () => {
    expect(feishuSign('testsecret', 1700000000)).toBe('AOc8oJ7//5OlQlfWC3nRL0R+IkuzcD1FKcAyibRK9Q8=')
  })

  it('webhook: HMAC-SHA256 over the raw body, as RFC 4231 has it (test case 2)', () => {
    expect(webhookSignature('Jefe', 'what do ya want for nothing?')).toBe('sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843')
  })
})

describe('DingTalk', () => {
  it('is sent markdown, signed, with the numbers to be called in the text too', async () => {
    const robot = await receiving(http('200 OK', '{"errcode":0,"errmsg":"ok"}'))
    expect(await deliver({ type: 'dingtalk', url: `${robot.url}/robot/send?access_token=abc`, secret: 'SECtestsecret', mobiles: ['13800000000'] }, [notice()], { hqUrl: 'https://hq.example.com/' })).toBeUndefined()
    expect(robot.heard[0]?.line).toBe('POST /robot/send?access_token=abc&timestamp=1700000000000&sign=7LVwF0dAF3%2F%2BMRRulbpE4y72Ogzykc6bS2nG4I99T4s%3D HTTP/1.1')
    expect(robot.heard[0]?.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(jsonOf(robot.heard[0])).toEqual({
      msgtype: 'markdown',
      markdown: { title: 'posdiag：1 条告警', text: '#### posdiag：1 条告警\n\n- 打印机缺纸 PRN-PAPER-OUT · SHOP-1 建国路店 华北 · 自 11/15 06:12 [→](https://hq.example.com/incidents/018bcfe5-6800-7000-8000-000000000002)\n\n[posdiag](https://hq.example.com/)\n\n@13800000000' },
      at: { atMobiles: ['13800000000'], isAtAll: false },
    })
  })

  it.each([
    ['{"errcode":310000,"errmsg":"sign not match"}', { kind: 'refused' }],
    ['{"errcode":130101,"errmsg":"send too fast"}', { kind: 'busy', waitMs: 600_000 }],
    ['{"errcode":-1,"errmsg":"系统繁忙"}', { kind: 'busy' }],
    ['<html>welcome to the hotel</html>', { kind: 'odd' }],
  ])('answers 200 with %s', async (answer, trouble) => {
    const robot = await receiving(http('200 OK', answer))
    expect(await deliver({ type: 'dingtalk', url: robot.url })).toMatchObject({ ...trouble, detail: expect.stringContaining(answer) })
  })
})

describe('WeCom', () => {
  it('is sent markdown, and a text where people are called', async () => {
    const robot = await receiving(http('200 OK', '{"errcode":0,"errmsg":"ok"}'))
    expect(await deliver({ type: 'wecom', url: `${robot.url}/cgi-bin/webhook/send?key=k`, mobiles: ['13800000000'] })).toBeUndefined()
    expect(robot.heard.map((h) => h.line)).toEqual(Array(2).fill('POST /cgi-bin/webhook/send?key=k HTTP/1.1'))
    expect(jsonOf(robot.heard[0])).toEqual({ msgtype: 'markdown', markdown: { content: '### <font color="warning">posdiag：1 条告警</font>\n> <font color="warning">●</font> 打印机缺纸 PRN-PAPER-OUT · SHOP-1 建国路店 华北 · 自 11/15 06:12' } })
    expect(jsonOf(robot.heard[1])).toEqual({ msgtype: 'text', text: { content: 'posdiag：1 条告警', mentioned_mobile_list: ['13800000000'] } })
  })

  it('never gets more than 4096 bytes, whole characters, and is told how many are left out', () => {
    const many = Array.from({ length: 120 }, (_, i) => notice({ terminalId: `SHOP-${i}`, title: { zh: `故障${i}`, en: `fault ${i}` } }))
    const content = weComContent(messageTo(channelTo({ type: 'wecom', url: 'http://x/' }, { hqUrl: 'https://hq.example.com' }), many).words)
    expect(Buffer.byteLength(content)).toBeLessThanOrEqual(4096)
    expect(Buffer.byteLength(content)).toBeGreaterThan(3500)
    const shown = content.match(/●/g)?.length ?? 0
    expect(content).toContain(`另有 ${120 - shown} 条`)
    expect(content).not.toContain('\ufffd')
  })

  it.each([[45009, 'busy'], [93000, 'refused']])('answers errcode %i', async (errcode, kind) => {
    const robot = await receiving(http('200 OK', JSON.stringify({ errcode, errmsg: 'x' })))
    expect(await deliver({ type: 'wecom', url: robot.url })).toMatchObject({ kind })
  })
})

describe('Feishu', () => {
  it('is sent a card with time and signature in the body', async () => {
    const bot = await receiving(http('200 OK', '{"code":0,"msg":"success","data":{}}'))
    expect(await deliver({ type: 'feishu', url: `${bot.url}/open-apis/bot/v2/hook/t`, secret: 'testsecret' }, [notice({}, 'resolved')])).toBeUndefined()
    expect(jsonOf(bot.heard[0])).toEqual({
      timestamp: '1700000000', sign: 'AOc8oJ7//5OlQlfWC3nRL0R+IkuzcD1FKcAyibRK9Q8=', msg_type: 'interactive',
      card: {
        config: { wide_screen_mode: true },
        header: { template: 'green', title: { tag: 'plain_text', content: 'posdiag：1 条恢复' } },
        elements: [{ tag: 'div', text: { tag: 'lark_md', content: '- 打印机缺纸 PRN-PAPER-OUT · SHOP-1 建国路店 华北 · 已恢复' } }],
      },
    })
  })

  it('stays below 20 KB', async () => {
    const bot = await receiving(http('200 OK', '{"StatusCode":0}'))
    const many = Array.from({ length: 300 }, (_, i) => notice({ terminalId: `SHOP-${i}`, store: '名字很长的门店'.repeat(10), title: { zh: `故障${i}`, en: `${i}` } }))
    expect(await deliver({ type: 'feishu', url: bot.url, secret: 's' }, many)).toBeUndefined()
    expect(Buffer.byteLength(bot.heard[0]?.body ?? '')).toBeLessThan(20_000)
  })

  it.each([[19021, 'refused'], [9499, 'refused'], [11232, 'busy']])('answers code %i', async (code, kind) => {
    const bot = await receiving(http('200 OK', JSON.stringify({ code, msg: 'x' })))
    expect(await deliver({ type: 'feishu', url: bot.url })).toMatchObject({ kind })
  })
})

describe('Slack', () => {
  it('is sent blocks, with what it would take for links and mentions escaped', async () => {
    const hook = await receiving(http('200 OK', 'ok'))
    expect(await deliver({ type: 'slack', url: `${hook.url}/services/T/B/X` }, [notice({ store: '<!channel> & Sons' })], { language: 'en', hqUrl: 'https://hq.example.com' })).toBeUndefined()
    const { text, blocks } = jsonOf<{ text: string; blocks: { type: string; text: { text: string } }[] }>(hook.heard[0])
    expect([text, blocks.map((b) => b.type)]).toEqual(['posdiag: alerts: 1', ['header', 'section']])
    expect(blocks[1]?.text.text).toBe(':red_circle: Printer out of paper PRN-PAPER-OUT · SHOP-1 &lt;!channel&gt; &amp; Sons 华北 · since 15/11, 06:12 <https://hq.example.com/incidents/018bcfe5-6800-7000-8000-000000000002|→>\n<https://hq.example.com|posdiag>'.replace('15/11', '11/15'))
  })

  it.each([
    [http('200 OK', 'no_text'), { kind: 'odd' }],
    [http('404 Not Found', 'no_service'), { kind: 'refused' }],
    [http('429 Too Many Requests', '', 'Retry-After: 30'), { kind: 'busy', waitMs: 30_000 }],
    [http('302 Found', '', 'Location: https://elsewhere.example/'), { kind: 'refused' }],
    [http('503 Service Unavailable', 'x', 'Retry-After: soon'), { kind: 'busy' }],
    ['garbage\r\n\r\n', { kind: 'no-answer' }],
  ])('answers %j', async (answer, trouble) => {
    const hook = await receiving(answer)
    expect(await deliver({ type: 'slack', url: hook.url })).toMatchObject(trouble)
    expect(hook.heard).toHaveLength(1)
  })
})

describe('PagerDuty', () => {
  const url = (receiver: Receiver) => ({ type: 'pagerduty', url: `${receiver.url}/v2/enqueue`, routingKey: 'R0UT1NGKEY' }) as const

  it('is sent an event per alert, which the same key closes', async () => {
    const events = await receiving(http('202 Accepted', '{"status":"success","dedup_key":"x"}'))
    expect(await deliver(url(events), [notice()], { language: 'en' })).toBeUndefined()
    expect(await deliver(url(events), [notice({}, 'resolved')])).toBeUndefined()
    const [trigger, resolve] = events.heard.map((h) => jsonOf<Record<string, unknown>>(h))
    expect(trigger).toMatchObject({
      routing_key: 'R0UT1NGKEY', event_action: 'trigger', dedup_key: 'posdiag/SHOP-1/PRN-PAPER-OUT/printer-1', client: 'posdiag',
      payload: { summary: 'Printer out of paper PRN-PAPER-OUT · SHOP-1 建国路店 华北', source: '建国路店/SHOP-1', severity: 'critical', timestamp: '2023-11-14T22:12:20.000Z', component: 'printer-1', group: '建国路店', class: 'PRN-PAPER-OUT' },
    })
    expect(resolve).toMatchObject({ event_action: 'resolve', dedup_key: trigger?.dedup_key })
  })

  it('is tested by an event that wakes nobody and is closed at once', async () => {
    const events = await receiving(http('202 Accepted', '{}'))
    expect(await deliver(url(events), [], { test: true })).toBeUndefined()
    expect(events.heard.map((h) => jsonOf<{ event_action: string; payload: { severity: string } }>(h)).map((e) => [e.event_action, e.payload.severity])).toEqual([['trigger', 'info'], ['resolve', 'info']])
  })

  it.each([[http('400 Bad Request', '{"status":"invalid event"}'), 'refused'], [http('429 Too Many Requests', ''), 'busy'], [http('200 OK', ''), 'odd']])('answers %j', async (answer, kind) => {
    const events = await receiving(answer)
    expect(await deliver(url(events))).toMatchObject({ kind })
  })
})

describe('Alertmanager', () => {
  it('is sent labels that name the alert, annotations in words, and an end once it is over', async () => {
    const am = await receiving(http('200 OK', ''))
    expect(await deliver({ type: 'alertmanager', url: `${am.url}/am/`, user: 'hq', password: 'pw' }, [notice(), notice({ terminalId: 'SHOP-2' }, 'resolved')])).toBeUndefined()
    expect(am.heard[0]?.line).toBe('POST /am/api/v2/alerts HTTP/1.1')
    expect(am.heard[0]?.headers.get('authorization')).toBe('Basic aHE6cHc=')
    const [one, other] = jsonOf<{ labels: Record<string, string>; endsAt: string }[]>(am.heard[0])
    expect(one).toEqual({
      labels: { alertname: 'POSFault', rule: '阻断', severity: 'critical', terminal: 'SHOP-1', store: '建国路店', region: '华北', code: 'PRN-PAPER-OUT', device: 'printer-1' },
      annotations: { summary: '打印机缺纸 PRN-PAPER-OUT', description: '打印机缺纸 PRN-PAPER-OUT · SHOP-1 建国路店 华北' },
      startsAt: '2023-11-14T22:12:20.000Z', endsAt: new Date(AT + 600_000).toISOString(),
    })
    expect([other?.labels.terminal, other?.endsAt]).toEqual(['SHOP-2', new Date(AT).toISOString()])
  })
})

describe('a webhook', () => {
  it('is sent JSON whose signature covers every byte, the time among them', async () => {
    const hook = await receiving(http('204 No Content', ''))
    const secret = 'sixteen bytes or more'
    expect(await deliver({ type: 'webhook', url: `${hook.url}/x`, secret })).toBeUndefined()
    const [heard] = hook.heard
    expect(heard?.headers.get('x-signature')).toBe(`sha256=${createHmac('sha256', secret).update(heard?.body ?? '').digest('hex')}`)
    expect(heard?.headers.get('x-timestamp')).toBe(String(AT))
    expect(jsonOf(heard)).toMatchObject({ version: 1, id: '018bcfe5-6800-7000-8000-00000000000a', test: false, sentAt: AT, alerts: [{ change: 'firing', terminalId: 'SHOP-1', fault: 'PRN-PAPER-OUT', severity: 'block' }] })
  })
})

describe('e-mail', () => {
  const to = (port: number, more: object = {}) => ({ type: 'email', host: '127.0.0.1', port, security: 'none', from: 'hq@example.com', to: ['a@example.com', 'b@example.com'], ...more }) as Extract<ChannelTarget, { type: 'email' }>

  it('is spoken to as SMTP demands', async () => {
    const server = await mailServer()
    closing.push(server)
    expect(await deliver(to(server.port), [notice()], { hqUrl: 'https://hq.example.com' })).toBeUndefined()
    expect(server.said.map((s) => s.split(' ')[0])).toEqual(['EHLO', 'MAIL', 'RCPT', 'RCPT', 'DATA', ...(server.said.length > 5 ? ['QUIT'] : [])])
    expect(server.said).toContain('MAIL FROM:<hq@example.com>')
    const [mail = ''] = server.mails
    expect(mail).toContain('To: a@example.com, b@example.com')
    expect(mail).toContain('Message-ID: <018bcfe5-6800-7000-8000-00000000000a@posdiag>')
    expect(mail).toContain('Auto-Submitted: auto-generated')
    const words = Buffer.from((mail.split('\r\n\r\n')[1] ?? '').replaceAll('\r\n', ''), 'base64').toString()
    expect(words).toContain('[!!] 打印机缺纸 PRN-PAPER-OUT · SHOP-1 建国路店 华北')
    expect(words).toContain('https://hq.example.com/incidents/')
  })

  it('logs in, but never in the clear where TLS is demanded', async () => {
    const server = await mailServer({ EHLO: '250-mail.test\r\n250 AUTH PLAIN', AUTH: '235 welcome', STARTTLS: '502 not here' })
    closing.push(server)
    expect(await deliver(to(server.port, { user: 'u', password: 'hunter22' }))).toBeUndefined()
    expect(server.said).toContain(`AUTH PLAIN ${Buffer.from('\0u\0hunter22').toString('base64')}`)
    server.said.length = 0
    expect(await deliver(to(server.port, { user: 'u', password: 'hunter22', security: 'starttls' }))).toMatchObject({ kind: 'refused' })
    expect(server.said.filter((s) => s.startsWith('AUTH'))).toEqual([])
  })

  it.each([
    [{ RCPT: '550 5.1.1 no such mailbox' }, 'refused'],
    [{ RCPT: '451 4.7.1 greylisted' }, 'busy'],
    [{ '.': '552 too much' }, 'refused'],
    [{ greeting: '421 4.3.2 closing' }, 'busy'],
  ])('says %j', async (answers, kind) => {
    const server = await mailServer(answers)
    closing.push(server)
    expect(await deliver(to(server.port))).toMatchObject({ kind })
  })
})

it('says where a channel leads without its secrets', () => {
  expect(leadsTo({ type: 'dingtalk', url: 'https://oapi.dingtalk.com/robot/send?access_token=abc' })).toBe('oapi.dingtalk.com')
  expect(leadsTo({ type: 'slack', url: 'https://hooks.slack.com/services/T/B/X' })).toBe('hooks.slack.com')
  expect(leadsTo({ type: 'email', host: 'mx.example.com', port: 25, security: 'none', from: 'a@b.cc', to: ['x@y.zz'] })).toBe('x@y.zz (mx.example.com)')
})

it('says that nobody answered', async () => {
  const gone = await receiving(undefined)
  await gone.close()
  expect(await deliver({ type: 'slack', url: gone.url })).toMatchObject({ kind: 'no-answer', detail: expect.stringContaining('ECONNREFUSED') })
})

describe('what is told', () => {
  it('never carries card data, whatever a shop is called, on any channel', async () => {
    const pan = '4111111111111111'
    const bad = [notice({ store: `Shop ${pan}`, title: { zh: `卡 ${pan}`, en: `card ${pan}` }, region: '5500 0055 5555 5559' })]
    const receiver = await receiving(http('200 OK', '{"errcode":0,"code":0}'))
    const server = await mailServer()
    closing.push(server)
    const url = receiver.url
    const targets: ChannelTarget[] = [
      { type: 'dingtalk', url }, { type: 'wecom', url }, { type: 'feishu', url }, { type: 'slack', url }, { type: 'pagerduty', url, routingKey: 'k' }, { type: 'alertmanager', url },
      { type: 'webhook', url, secret: 'sixteen bytes or more' }, { type: 'email', host: '127.0.0.1', port: server.port, security: 'none', from: 'a@b.cc', to: ['x@y.zz'] },
    ]
    for (const target of targets) await deliver(target, bad)
    const told = [...receiver.heard.map((h) => h.body), ...server.mails.map((m) => m + Buffer.from((m.split('\r\n\r\n')[1] ?? '').replaceAll('\r\n', ''), 'base64').toString())]
    expect(told).toHaveLength(targets.length)
    for (const text of told) {
      expect(text).toContain('SHOP-1')
      expect(text).not.toMatch(/411111111111|55005555|5500 0055 5555/)
    }
  })

  it('does not put a card number together out of pieces', () => {
    const words = messageTo(channelTo({ type: 'slack', url: 'http://x/' }), [notice({ store: '4111 1111', region: '1111 1111' })]).words
    expect(words.lines[0]?.text).not.toContain('4111 1111 1111 1111')
    expect(words.lines[0]?.text).toContain('SHOP-1')
  })

  it('groups many of one kind, and says each alert once, as it is now', () => {
    const channel = channelTo({ type: 'slack', url: 'http://x/' }, { language: 'en' })
    const outage = Array.from({ length: 40 }, (_, i) => notice({ terminalId: `T-${i}`, region: i < 30 ? 'North' : 'East' }, 'firing', { on: 'silence' }))
    const [first] = outage
    if (first === undefined) return
    const { title, lines } = messageTo(channel, [...outage, { ...first, change: 'resolved' }]).words
    expect(title).toBe('posdiag: alerts: 39, resolved: 1')
    expect(lines.map((l) => l.text)).toEqual(['Terminal silent: terminals: 39 (North 29, East 10)', 'Terminal silent · T-0 建国路店 North · Resolved'])
  })

  it('says which way of taking money is gone, in both languages', () => {
    const tender = notice({ tenders: ['chip', 'qr'] }, 'firing', { on: 'tender' })
    const said = (language: 'zh-CN' | 'en') => messageTo(channelTo({ type: 'slack', url: 'http://x/' }, { language }), [tender]).words.lines[0]?.text
    expect([said('zh-CN'), said('en')]).toEqual([expect.stringMatching(/^不能收款：插卡，扫码 · SHOP-1/), expect.stringMatching(/^Cannot take money by: chip, QR · SHOP-1/)])
  })
})
