import type { Detail } from './details.ts'

/** What the runner and the agent say of themselves: how a probe ended, why a check was made or not, problems of the agent; written as BENCH_DETAILS. */
export const AGENT_DETAILS: readonly Detail[] = [
  // How a probe ended
  { en: 'the process that looked at it ended by {how}', zh: '查看它的进程意外结束（{how}）' },
  { en: 'the process that looked at it ended by exit code {code}', zh: '查看它的进程意外结束（退出码 {code}）' },
  { en: 'rule of {symptom}: {detail}', zh: '现象 {symptom} 的规则出错：{detail}' },
  { en: 'yielded {name}, which is not in its vocabulary', zh: '给出了 {name}，它没有声明过这个名称' },

  // Why a check was made, or not
  { en: 'page', zh: '收银员页面' },
  { en: 'desk', zh: '本机接口' },
  { en: 'round', zh: '例行查看' },
  { en: 'the agent started again', zh: '守护程序重新启动' },
  { en: 'the terminal file changed', zh: '终端配置文件有改动' },
  { en: 'failed', zh: '没有成功' },
  { en: 'waits until the customer has paid', zh: '等顾客付完款再检查' },
  { en: 'no report came of it', zh: '没有产生报告' },
  { en: 'it came after its time was over', zh: '送达时已经过期' },
  { en: 'the agent ended before it was done', zh: '守护程序在完成之前结束了' },
  { en: 'the agent is stopping', zh: '守护程序正在结束' },
  { en: 'the check did not come about: {detail}', zh: '检查没有做成：{detail}' },
  { en: 'the check did not end within {n} s and was given up', zh: '检查超过 {n} 秒还没有结束，已放弃' },
  { en: 'too many checks are waiting', zh: '等待的检查过多' },
  { en: 'pushed out by more urgent checks', zh: '让位给了更紧急的检查' },

  // What HQ asked for, and why it was not done
  { en: 'a customer is paying; ask again in a few minutes', zh: '顾客正在付款，请过几分钟再试' },
  { en: 'the command holds no configuration', zh: '命令里没有配置内容' },
  { en: 'HQ did not take the bundle', zh: '总部没有收下日志包' },
  { en: 'this agent knows no limit {names}; take it out, or update the agent first', zh: '本机代理不认识限值 {names}；请去掉它，或先升级代理' },
  { en: 'this terminal goes by the newer revision {revision}', zh: '本终端已采用更新的配置版本 {revision}' },
  { en: 'the agent of this terminal is too old for this ({type}); update it', zh: '这台终端的代理版本太旧，不支持此命令（{type}）；请先升级' },
  { en: '{n} terminals failed to take it', zh: '{n} 台终端没能采用这个配置' },
  { en: '{n} incidents began on terminals that took it, more than chance explains', zh: '采用后的终端新出现 {n} 起故障，超出偶然' },
  { en: 'halted by {who}', zh: '由 {who} 中止' },

  // Problems of the agent itself
  { en: '{n} reports were pushed out of the outbox by its bounds before HQ had them; {all} in all', zh: '待发送的报告超出上限，{n} 份在送达总部之前被丢弃；累计 {all} 份' },
  { en: 'HQ rejected {n} reports; they are kept on the terminal; {all} in all', zh: '总部拒收了 {n} 份报告，它们留在终端上；累计 {all} 份' },
  { en: '{n} reports of rounds were held back because readiness came and went', zh: '收款方式时好时坏，{n} 份例行查看的报告没有发出' },
  { en: '{n} transcripts left out to keep the report below {bytes} bytes', zh: '为了让报告不超过 {bytes} 字节，省去了 {n} 份收发记录' },
  { en: 'the card-data filter did not catch its test number; transcripts and transactions are left out', zh: '卡号过滤器没有拦住测试卡号；收发记录和交易都没有放进报告' },
  { en: 'the store cannot be used ({failure}): {message}; reports are sent without being stored', zh: '存储用不了（{failure}）：{message}；报告不经保存直接发送' },
  { en: 'the store was damaged and is put aside as {file}; {n} reports not yet delivered were saved from it, numbers go on from {sequence}', zh: '存储损坏，已移到 {file}；从中救出 {n} 份尚未送达的报告，编号从 {sequence} 继续' },

  // Delivery and enrolment
  { en: 'no token', zh: '没有令牌' },
  { en: 'not enrolled: give this terminal a one-time token made at HQ', zh: '没有注册：请给这台终端一个总部生成的一次性令牌' },
  { en: 'cannot read the enrolment token: {message}', zh: '读不到注册令牌：{message}' },
  { en: 'enrolled, but the token cannot be kept, so the next start will have to enrol again: {message}', zh: '已注册，但令牌保存不了，下次启动要重新注册：{message}' },
  { en: 'reports are not signed: {message}', zh: '报告没有签名：{message}' },
  { en: 'HQ has the key of this terminal, but that cannot be noted: {message}', zh: '总部已有这台终端的密钥，但本机记不下来：{message}' },
  { en: 'enrolment failed: {message}', zh: '注册没有成功：{message}' },
  { en: 'enrolment failed: HQ enrolled {other}, this is {own}', zh: '注册没有成功：总部注册的是 {other}，本机是 {own}' },
  { en: 'the answer is longer than {n} bytes', zh: '应答超过 {n} 字节' },
  { en: 'the connection was cut twice', zh: '连接两次中断' },
  { en: 'no answer within {ms} ms', zh: '{ms} 毫秒内没有应答' },
  { en: '{status}, not in the words of HQ (is something in between?)', zh: '{status}，不是总部的应答格式（中间是否有别的设备？）' },
  { en: 'broken', zh: '中断' },
  { en: 'its signature is not that of the key in the state folder', zh: '它的签名与状态目录里的密钥不符' },
]
