import type { ClockQuality } from '../model/report.ts'
import type { Text } from '../model/text.ts'

/** What the human-readable part of an evidence bundle says. */
export const EVIDENCE = {
  title: { zh: '故障与交易证据', en: 'Evidence of a fault and its payments' },
  terminal: { zh: '终端', en: 'Terminal' },
  made: { zh: '制作时间', en: 'Made' },
  seen: { zh: '检查时间', en: 'Checked' },
  clock: { zh: '时钟', en: 'Clock' },
  software: { zh: '版本', en: 'Versions' },
  verdict: { zh: '结论', en: 'Verdict' },
  because: { zh: '依据', en: 'Because' },
  todo: { zh: '处理步骤', en: 'What to do' },
  ways: { zh: '收款方式', en: 'Ways of paying' },
  money: { zh: '款项状态', en: 'State of the money' },
  timeline: { zh: '时间线', en: 'Timeline' },
  payments: { zh: '交易（卡号至多保留前六后四）', en: 'Payments (at most the first six and last four digits of a card)' },
  matter: { zh: '事项', en: 'Matter' },
  photos: { zh: '照片（只列文件名和摘要，原件由商户保存）', en: 'Photos (by name and hash; the merchant keeps them)' },
  verify: { zh: '如何核对', en: 'How to verify' },
  time: { zh: '时间', en: 'time' }, what: { zh: '事件', en: 'event' }, details: { zh: '内容', en: 'details' }, amount: { zh: '金额', en: 'amount' }, state: { zh: '状态', en: 'state' }, next: { zh: '下一步', en: 'next' },
  checked: { zh: '检查', en: 'check' }, found: { zh: '发现', en: 'found' }, nothing: { zh: '没有发现故障', en: 'no fault found' },
  none: { zh: '无', en: 'none' },
  slip: { zh: '交易记录（据流水整理，不是签购单）', en: 'Record of a payment (from the journal; not a slip)' },
} as const satisfies Record<string, Text>

/** Labels of a slip, as UnionPay terminals print them. */
export const SLIP = {
  mid: { zh: '商户编号', en: 'MERCHANT NO' }, tid: { zh: '终端编号', en: 'TERMINAL NO' }, panMasked: { zh: '卡号', en: 'CARD NO' }, type: { zh: '交易类型', en: 'TRANS TYPE' }, batch: { zh: '批次号', en: 'BATCH NO' },
  stan: { zh: '凭证号', en: 'VOUCHER NO' }, authCode: { zh: '授权码', en: 'AUTH NO' }, rrn: { zh: '参考号', en: 'REFER NO' }, at: { zh: '日期时间', en: 'DATE/TIME' }, amount: { zh: '金额', en: 'AMOUNT' }, code: { zh: '应答码', en: 'RESPONSE' },
} as const satisfies Record<string, Text>

/** How a bundle is verified without posdiag; `{fingerprint}` is that of the terminal's key. */
export const VERIFY: Text = {
  zh: `核对方法（只需 sha256sum 和 openssl，不需要 posdiag）：
1. 文件没有被改过：
   sha256sum -c SHA256SUMS
2. 清单由这台终端的密钥签名（Ed25519）：
   openssl pkeyutl -verify -pubin -inkey public-key.pem -rawin -in SHA256SUMS -sigfile SHA256SUMS.sig
3. 公钥属于这台终端：下面命令的结果应为 {fingerprint}，并与总部或商户另行告知的一致：
   openssl pkey -pubin -in public-key.pem -outform DER | sha256sum`,
  en: `How to verify (sha256sum and openssl are enough; posdiag is not needed):
1. No file was changed:
   sha256sum -c SHA256SUMS
2. The list was signed with this terminal's key (Ed25519):
   openssl pkeyutl -verify -pubin -inkey public-key.pem -rawin -in SHA256SUMS -sigfile SHA256SUMS.sig
3. The key is this terminal's: the following prints {fingerprint}, which must be what headquarters or the merchant tells you by another way:
   openssl pkey -pubin -in public-key.pem -outform DER | sha256sum`,
}

/** How far the clock of the machine could be believed when a report was made. */
export const CLOCKS: Readonly<Record<ClockQuality, Text>> = {
  synchronised: { zh: '由时间服务校准', en: 'kept right by a time service' }, 'free-running': { zh: '没有校时', en: 'not kept right by a time service' }, jumped: { zh: '运行中被拨动过', en: 'was set while the machine ran' },
  'before-build': { zh: '早于软件发布日期，不可信', en: 'earlier than this software was made, and so wrong' }, unknown: { zh: '未知：没有时间服务可问', en: 'unknown: there is no time service to ask' },
}
