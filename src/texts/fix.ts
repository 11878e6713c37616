import type { MoneyFact } from '../guard/money.ts'
import type { Text } from '../model/text.ts'

/** What guided repair says, on every screen. `{name}` are places to fill. */
export const FIX_TEXTS = {
  'why.remedy': { zh: '目前最值得先试的一步：大约 {percent} 能修好，只需 {time}。', en: 'The step most worth trying now: it helps about {percent} of the time and takes {time}.' },
  'why.test': { zh: '只花 {time}，平均可以消除 {percent} 的疑问，少走弯路。', en: 'It takes {time} and settles {percent} of the doubt on average, so that fewer things are tried in vain.' },
  'why.proof': { zh: '故障是靠人看出来的，修好了也要人再看一次才算数。', en: 'A person’s word found it, so a person has to look again to prove that it is gone.' },
  'why.escalate': { zh: '能安全试的都试过了。', en: 'Everything that can safely be tried here has been tried.' },
  'why.held': { zh: '剩下的步骤现在不能做。', en: 'The steps that are left must not be done now.' },
  escalate: { zh: '交给{actor}，并把报告发给对方：里面有看到的一切和试过的每一步', en: 'Hand over to the {actor}, with the report: it holds everything seen and every step tried' },
  'confirm.make-sure': { zh: '先确认：{facts}。', en: 'First make sure of this: {facts}.' },
  'held.because': { zh: '现在不能做：{facts}', en: 'not now: {facts}' },
  'fix.nothing': { zh: '没有发现需要修的故障。', en: 'Nothing is found that needs repair.' },
  'fix.not-found': { zh: '没有发现 {code}。', en: '{code} is not found.' },
  'fix.likely': { zh: '发现的故障：{codes}', en: 'found: {codes}' },
  'fix.unknown': { zh: '故障目录里没有 {code}。posdiag explain 列出全部故障。', en: '{code} is not in the catalogue. posdiag explain lists it.' },
  'fix.about': { zh: '{title}  {device}  {code}  可能性 {percent}', en: '{title}  {device}  {code}  {percent} sure' },
  'fix.resumed': { zh: '接着上次没做完的修理', en: 'The repair that was left is taken up again.' },
  'fix.regression': { zh: '这个故障 30 天内修好过，又出现了。', en: 'This fault was repaired within the last 30 days and has come back.' },
  'fix.seen': { zh: '看到的', en: 'seen' },
  'fix.sure-of': { zh: '故障可能性 {percent}', en: '{percent} sure of the fault' },
  'fix.step': { zh: '第 {n} 步', en: 'step {n}' },
  'fix.who': { zh: '谁来做', en: 'who' },
  'fix.who-is': { zh: '{actor}，约 {time}', en: '{actor}, about {time}' },
  'fix.why': { zh: '为什么', en: 'why' },
  'fix.undo': { zh: '要还原', en: 'undo' },
  'fix.note': { zh: '注意', en: 'mind' },
  'fix.first': { zh: '先确认', en: 'first' },
  'fix.held': { zh: '暂不能做', en: 'not now' },
  'fix.done': { zh: '做完了', en: 'done' },
  'fix.skip': { zh: '做不了，换一步', en: 'cannot, something else' },
  'fix.cannot-tell': { zh: '看不出来', en: 'cannot tell' },
  'fix.sure': { zh: '都确认了，做完了', en: 'made sure of it, and done' },
  'fix.hand-over': { zh: '交给别人', en: 'hand over' },
  'fix.give-up': { zh: '不修了', en: 'give up' },
  'fix.leave': { zh: '先放着，以后接着修', en: 'leave it, go on later' },
  'fix.choose': { zh: '请输入数字：', en: 'number: ' },
  'fix.again': { zh: '请输入 1 到 {n} 的数字。', en: 'Type a number from 1 to {n}.' },
  'fix.looking': { zh: '再检查一次……', en: 'Looking again…' },
  'fix.still': { zh: '还没好：{title}（{percent}）', en: 'Not yet: {title} ({percent})' },
  'fix.left': { zh: '先放着。以后运行 posdiag fix 接着修。', en: 'Left as it is. posdiag fix takes it up again.' },
  'fix.fixed': { zh: '修好了，并已验证：{title}（{device}）', en: 'Repaired and proved: {title} ({device})' },
  'fix.escalated': { zh: '已交给别人处理：{title}（{device}）', en: 'Handed over: {title} ({device})' },
  'fix.given-up': { zh: '没有修：{title}（{device}）', en: 'Given up: {title} ({device})' },
  'fix.before': { zh: '修之前', en: 'before' },
  'fix.after': { zh: '现在', en: 'now' },
  'fix.proof': { zh: '凭据', en: 'proof' },
  'fix.proof-is': { zh: '当初发现故障的那项检查又做了一遍，不再出现：{meaning}', en: 'what found it was looked at again and is gone: {meaning}' },
  'fix.worked': { zh: '起作用的', en: 'worked' },
  'fix.by-itself': { zh: '没做什么就好了', en: 'nothing was done: it went by itself' },
  'fix.tried': { zh: '试过', en: 'tried' },
  'fix.took': { zh: '用时', en: 'took' },
  'fix.others': { zh: '还有别的故障：{codes}。运行 posdiag fix 接着修。', en: 'Also found: {codes}. posdiag fix goes on with it.' },
  'fix.no-input': { zh: '用 posdiag fix --answer 选项 回答：{keys}', en: 'answer with posdiag fix --answer KEY: {keys}' },
  'fix.by-agent': { zh: '由正在运行的 posdiag 守护程序检查', en: 'the running posdiag agent looks' },
  seconds: { zh: '{n} 秒', en: '{n} s' },
  minutes: { zh: '{n} 分钟', en: '{n} min' },
  hours: { zh: '{n} 小时', en: '{n} h' },
} as const satisfies Record<string, Text>

/** What must not be so, as a person is asked to make sure of it, and as it is said where it is so. */
export const MONEY_TEXTS: Readonly<Record<MoneyFact, { none: Text; so: Text }>> = {
  open: { none: { zh: '没有正在进行的交易', en: 'no transaction is in progress' }, so: { zh: '有交易正在进行', en: 'a transaction is in progress' } },
  'unknown-outcome': { none: { zh: '没有结果未知的付款', en: 'no payment has an unknown outcome' }, so: { zh: '有付款结果未知，先查询', en: 'a payment has an unknown outcome: query it first' } },
  'reversal-pending': { none: { zh: '没有未完成的冲正', en: 'no reversal is pending' }, so: { zh: '有冲正没有完成', en: 'a reversal is pending' } },
  'upload-pending': { none: { zh: '没有待上送的交易', en: 'no transaction waits to be uploaded' }, so: { zh: '有交易等待上送', en: 'transactions wait to be uploaded' } },
  tamper: { none: { zh: '设备没有防拆报警', en: 'no device reports tampering' }, so: { zh: '设备防拆报警：停用并封存', en: 'a device reports tampering: take it out of service and seal it' } },
}

/** A stretch of time as people say it. */
export const spanOf = (seconds: number): { key: 'seconds' | 'minutes' | 'hours'; n: number } =>
  seconds < 90 ? { key: 'seconds', n: Math.round(seconds) } : seconds < 5400 ? { key: 'minutes', n: Math.round(seconds / 60) } : { key: 'hours', n: Math.round(seconds / 3600) }
