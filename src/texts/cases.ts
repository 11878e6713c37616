import type { CaseKind, CaseStage } from '../model/case.ts'
import type { Text } from '../model/text.ts'

const t = (zh: string, en: string): Text => ({ zh, en })

/** What a matter is about. */
export const CASE_KINDS: Readonly<Record<CaseKind, Text>> = {
  guarantee: t('担保与预授权', 'Guarantee or pre-authorisation'), deposit: t('押金', 'Deposit'), suspension: t('停机与服务状态', 'Suspension of service'), funds: t('结算与到账', 'Settlement and credit'),
  breakdown: t('设备故障', 'Breakdown'), payment: t('交易结果', 'Outcome of payments'), security: t('安全事件', 'Security'),
}

/** Where a matter stands. */
export const CASE_STAGES: Readonly<Record<CaseStage, Text>> = {
  open: t('已登记', 'open'), reported: t('已报告', 'reported'), 'under-review': t('对方审核中', 'under review'), disputed: t('对结果有异议', 'result disputed'), watching: t('已解决，观察 72 小时', 'over, watched for 72 hours'), closed: t('已结案', 'closed'),
}

/** What is to be at hand before a matter is taken to others; by its number in the list `posdiag case note --has` marks it as there. Only whether it is there is kept. */
export const CASE_EVIDENCE: Readonly<Record<CaseKind, readonly Text[]>> = {
  guarantee: [t('担保合同副本（金额、期限、费率）', 'Copy of the contract (sum, term, rate)'), t('身份证明、营业执照、税务登记', 'Identity, licence and tax papers'), t('预授权凭条（授权码、日期、卡后四位）', 'Slip of the pre-authorisation (code, date, last four)'), t('材料经两人核对', 'Checked by two people'), t('对方的书面答复', 'Their answer in writing')],
  deposit: [t('押金合同', 'Contract of the deposit'), t('收据或发票', 'Receipt or invoice'), t('银行扣款记录', 'Record of the bank’s debit'), t('系统显示的截图', 'Screenshot of their system'), t('退机照片、序列号和签收单', 'Photos, serial number and receipt of the returned device')],
  suspension: [t('停机通知或短信、公告', 'Notice of the suspension'), t('首次被拒的时间和应答码（报告中有）', 'Time and code of the first refusal (in the report)'), t('缴费凭证', 'Proof of payment of fees'), t('商户协议', 'Merchant agreement'), t('有效的营业执照和身份证明', 'Valid licence and identity papers'), t('租赁合同、门头照片', 'Lease and photo of the shop front'), t('逐笔真实交易证明（订单、签购单、物流）', 'Proof of each payment (order, slip, delivery)')],
  funds: [t('交易清单和签购单', 'List of payments and slips'), t('批结算单', 'Settlement slip'), t('收单平台的结算明细', 'Acquirer’s settlement list'), t('银行流水', 'Bank statement'), t('合同费率', 'Rates of the contract')],
  breakdown: [t('故障报告（posdiag report export）', 'Report of the fault (posdiag report export)'), t('机型、序列号、版本', 'Model, serial number, version'), t('购买凭证或保修', 'Proof of purchase or warranty'), t('损坏部位的照片', 'Photo of the damage')],
  payment: [t('流水号、参考号、时间、金额（报告中有）', 'Trace number, reference, time and sum (in the report)'), t('签购单照片（遮住卡号）', 'Photo of the slip (card number covered)'), t('订单', 'Order'), t('顾客的扣款短信（只看时间和金额）', 'Customer’s message of the debit (time and sum only)')],
  security: [t('照片：屏幕、封签、螺丝、接缝', 'Photos: screen, seals, screws, seams'), t('序列号与台账', 'Serial number and register'), t('访客和维修记录', 'Visitors and repairs'), t('监控时段', 'Hours of CCTV')],
}

/** What nobody can measure and everybody should know, by what a matter is about. */
export const CASE_ADVICE: Readonly<Record<CaseKind, readonly Text[]>> = {
  guarantee: [
    t('保持耐心和冷静，积极配合对方处理', 'Stay calm and work with the other side'), t('只选有资质、信誉好的机构，签约前比较服务和费用', 'Choose a licensed institution with a good name, and compare before you sign'),
    t('签字前逐条读合同，副本妥善保存', 'Read every term before you sign, and keep a copy'), t('如实说明经营情况和承受能力，材料真实完整', 'Tell your business and its risks as they are; papers true and complete'),
    t('遵守法律法规和机构规定，保护个人信息', 'Keep to law and rules, protect personal data'), t('定期跟进，每次沟通记下时间、人和结论', 'Follow up regularly; write down time, person and outcome'),
  ],
  deposit: [
    t('争议期间不要再次缴纳', 'Do not pay again while it is in dispute'), t('只付给机构的对公账户，交给个人的要求补开收据', 'Pay the institution’s account only; if a person took it, ask for a receipt'),
    t('“交钱解冻、交钱退押金”的来电是诈骗', 'Callers who want money to return money are frauds'), t('选择正规渠道办理，签约前看清押金条款', 'Use official channels, and read the terms of the deposit before you sign'),
    t('协商不成可向机构总部、行业协会或金融消费权益热线反映', 'If it cannot be settled, tell head office, the association or the consumer hotline'),
  ],
  suspension: [
    t('不要反复试刷，不得借用其他商户的 POS', 'Do not keep trying cards, and never borrow another merchant’s terminal'), t('同时启用其他合规收款方式，并告知顾客', 'Use other lawful ways of paying meanwhile, and tell customers'),
    t('按时缴费、更新证照、在登记地址使用，避免再次停机', 'Pay in time, renew papers and stay at the registered place, so that it does not happen again'), t('必要时咨询法律顾问', 'Take legal advice if need be'),
  ],
  funds: [
    t('到账前不要撤销或补刷', 'Do not void or charge again before it is credited'), t('安排备用资金周转，密切关注现金', 'Arrange reserve funds and watch the cash'), t('拒绝“交钱解冻”的来电', 'Refuse callers who want money for a release'),
    t('每天对账，收款记录至少备份两份', 'Reconcile daily, keep two copies of the records'), t('只用正规设备和正规渠道', 'Use genuine devices and official channels only'),
  ],
  breakdown: [
    t('不抄卡号、不套现、不重复扣款；只手工输入金额', 'No card number on paper, no cash-out, no second charge; only the sum is keyed in'), t('按决策卡换其他收款方式：备用机、换网络、换插卡或挥卡、扫码、转账、现金', 'Take another way of paying: spare, other network, chip or tap, QR, transfer, cash'),
    t('大额请顾客改约或转账，必要时调整营业时间并张贴告示', 'Ask for large sums later or by transfer; change hours and put up a notice if need be'), t('支付终端只能由收单机构授权人员维修', 'Payment terminals are repaired by people the acquirer authorised only'),
    t('高峰时段备好备用机，考虑为设备投保', 'Keep a spare ready for peak hours; think of insurance'), t('安排备用金，保证找零', 'Keep a float for change'),
  ],
  payment: [t('结果查清前不要重刷', 'Do not charge again before the outcome is known'), t('向顾客说明已登记、何时答复', 'Tell the customer that it is recorded and when you will answer'), t('刷卡款只按原路退回', 'What was paid by card goes back to the card')],
  security: [t('不要重启、不要恢复出厂、不要自行拆下加装物', 'No restart, no reset, and take nothing off it'), t('保护现场，怀疑作案时报警', 'Leave it as it is; call the police if it looks like a crime')],
}

/** What is asked of the acquirer or provider, by what a matter is about. */
export const CASE_REQUESTS: Readonly<Record<CaseKind, Text>> = {
  guarantee: t('担保金额、期限与原预授权的状态', 'sum and term of the guarantee and the state of the pre-authorisation'), deposit: t('押金的到账、确认与退还', 'receipt, confirmation and return of the deposit'), suspension: t('停机原因和恢复条件', 'the reason for the suspension and what lifts it'),
  funds: t('结算状态和出款日期', 'state of the settlement and date of the payout'), breakdown: t('维修或更换', 'repair or replacement'), payment: t('交易的最终状态', 'the final state of the payments'), security: t('设备是否入网、归属和更换', 'enrolment, owner and replacement of the device'),
}

/** Letters and messages; places are filled from the report. */
export const LETTERS = {
  acquirer: t(
    '【{code}】商户{mid}，终端{tid}，序列号{serial}，{since}起{symptom}。受影响交易{n}笔，共{amount}元，应答码{rc}。自检：{selfcheck}。请协助核实{request}，并给出书面答复或工单号。附：已脱敏的故障报告。',
    '[{code}] Merchant {mid}, terminal {tid}, serial {serial}: since {since} {symptom}. {n} transactions affected, total {amount}, response code {rc}. Self-check: {selfcheck}. Please verify {request} and reply in writing or with a ticket number. Attached: masked fault report.',
  ),
  customer: t(
    '您好，本店刷卡设备暂时无法使用（{reason}），我们正在处理，预计{until}恢复。您可以使用{methods}付款。如果您的卡刚才已显示扣款，请不要重复支付，我们会立即为您查询，查询编号：{ref}。',
    'Our card terminal is temporarily unavailable ({reason}). We are working on it and expect it back by {until}. You can pay by {methods}. If your card already shows a debit, please do not pay again: we will check it at once, reference {ref}.',
  ),
  'customer-unknown': t(
    '这笔交易暂时没有收到银行结果，请您先不要重复付款。我们已记录时间、金额和流水号，查清后会联系您。查询编号：{ref}。',
    'We have not received the bank’s result for this payment yet. Please do not pay again. We have recorded the time, amount and trace number and will contact you. Reference {ref}.',
  ),
} as const satisfies Record<string, Text>

/** Headings of an appeal, in order. */
export const APPEAL = {
  title: t('申诉书', 'Appeal'), subject: t('一、事由', '1. Subject'), when: t('二、停机时间与通知', '2. Suspension date and notice'), began: t('二、发生时间与经过', '2. When it began, and what happened'), why: t('三、原因说明', '3. Explanation'), measures: t('四、已采取的措施', '4. Measures taken'),
  evidence: t('五、证明材料清单', '5. Evidence'), request: t('六、请求', '6. Request'), contact: t('七、联系人', '7. Contact'), asks: t('请恢复服务，并在 {days} 个工作日内书面答复{request}。', 'Please restore the service and answer in writing within {days} working days on {request}.'), answers: t('请在 {days} 个工作日内书面答复{request}。', 'Please answer in writing within {days} working days on {request}.'),
  missing: t('（尚缺）', '(still missing)'), fill: t('（请填写）', '(to be filled in)'),
} as const satisfies Record<string, Text>

/** What `posdiag case` says. */
export const CASES = {
  actions: t('用法：posdiag case list | open 故障码 --by 姓名 | show 编号 | note 编号 --by 姓名 --note 内容 | message 编号 --to acquirer|customer|appeal | close 编号 --by 姓名 --cause 根因', 'use posdiag case list | open CODE --by NAME | show ID | note ID --by NAME --note TEXT | message ID --to acquirer|customer|appeal | close ID --by NAME --cause TEXT'),
  'no-case': t('没有 {id} 这个事项，或不止一个；posdiag case list 列出全部', 'there is no matter {id}, or more than one; posdiag case list lists them'),
  'no-fault': t('故障目录里没有 {code}', '{code} is not in the catalogue'),
  'who': t('写明是谁：--by 姓名', 'say who it is: --by NAME'),
  'what-note': t('写明做了什么：--note、--to、--stage、--has 或 --reference', 'say what was done: --note, --to, --stage, --has or --reference'),
  'what-cause': t('结案要写明根因：--cause', 'to close it say what the cause was: --cause'),
  'still-there': t('检查仍然发现 {code}，还不能结案；处理后再检查一次', 'a check still finds {code}; it cannot be closed yet: put it right and check again'),
  opened: t('已登记：{id}（{kind}，{code}）', 'opened: {id} ({kind}, {code})'),
  noted: t('已记入 {id}', 'noted in {id}'),
  closed: t('{id} 已结案，观察到 {until}；再次出现会自动重新打开', '{id} is closed and watched until {until}; if it comes back it opens again'),
  none: t('没有进行中的事项', 'no matter is open'),
  stage: t('阶段', 'stage'), since: t('登记', 'opened'), next: t('下一步', 'next'), ladder: t('找谁、何时之前', 'whom to tell, and by when'), evidence: t('证据清单', 'evidence'), log: t('经过', 'log'), advice: t('提醒', 'advice'), remedy: t('处理步骤', 'what to do'), closing: t('结案', 'closing'),
  done: t('已于 {at} 联系', 'told on {at}'), due: t('{at} 之前', 'by {at}'), overdue: t('已逾期（{at}）', 'overdue since {at}'), 'no-contact': t('（终端文件 service.contacts 未填）', '(not in service.contacts of the terminal file)'),
  cause: t('根因', 'root cause'), lessons: t('改进', 'lessons'), informed: t('顾客已告知', 'customer informed'), 'not-informed': t('未涉及或未告知顾客', 'no customer informed'),
  back: t('{at} 再次出现，已重新打开', 'came back on {at} and is open again'), restored: t('{at} 起又有交易获批，服务已恢复', 'payments have been approved again since {at}: the service is back'), 'not-restored': t('停机以来没有获批的交易', 'nothing was approved since'),
  'evidence-missing': t('证据还缺 {n} 项，齐备后再提交：posdiag case note {id} --has 1,2', '{n} pieces of evidence are missing; complete them first: posdiag case note {id} --has 1,2'),
  all: t('全部正常', 'all well'), unknown: t('（未知）', '(unknown)'),
} as const satisfies Record<string, Text>
