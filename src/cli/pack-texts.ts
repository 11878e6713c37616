import type { Text } from '../model/text.ts'
import type { Measure } from './score/compare.ts'

/** What `posdiag pack` says. */
export const PACK = {
  actions: { zh: '写法：posdiag pack build | compare 文件 | sign 文件 | offer 文件 | list', en: 'write posdiag pack build, compare FILE, sign FILE, offer FILE or list' },
  'no-hq': { zh: '请用 --hq 写明总部地址，用 --operator-token 写明令牌文件', en: 'say where HQ is with --hq, and the file with its token with --operator-token' },
  'bad-hq': { zh: '总部地址写成 https://主机[:端口]，而不是 {value}', en: 'write the address of HQ as https://host[:port], not {value}' },
  'no-key': { zh: '请用 --key 写明签名密钥文件（Ed25519，PEM）', en: 'say with --key which file holds the signing key (Ed25519, PEM)' },
  'bad-key': { zh: '密钥文件 {file} 不能用：{problem}', en: 'the key file {file} cannot be used: {problem}' },
  'open-key': { zh: '其他用户能读签名密钥 {file}；执行 chmod 600 {file} 后重试', en: 'other users can read the signing key {file}; do chmod 600 {file} and try again' },
  'new-key': { zh: '已生成签名密钥 {file}（只有您能读；请妥善备份，丢失后终端不再接受新知识包）', en: 'made the signing key {file}, which only you can read; back it up, as terminals believe no other once they have taken a pack' },
  'bad-file': { zh: '不能读取令牌文件 {file}：{problem}', en: 'cannot read the token file {file}: {problem}' },
  'bad-write': { zh: '不能写入 {file}：{problem}', en: 'cannot write {file}: {problem}' },
  unsigned: { zh: '{file} 没有签名；先执行 posdiag pack sign', en: '{file} is not signed; posdiag pack sign signs it' },
  'not-newer': { zh: '第 {offered} 号已经下发，第 {sequence} 号不比它新；请重新 build，或改大 sequence 后重新签名', en: 'number {offered} is on offer, and number {sequence} is not newer; build it anew, or give it a higher sequence and sign it again' },
  'not-hq': { zh: '总部没有照办：{why}', en: 'HQ did not do it: {why}' },
  built: { zh: '第 {sequence} 号：来自 {repairs} 次修复，修复步骤计数 {remedies} 项，症状计数 {symptoms} 项', en: 'number {sequence}: from {repairs} repairs, counts of {remedies} remedies and {symptoms} symptoms' },
  against: { zh: '在 {scenarios} 个场景上', en: 'on {scenarios} scenarios' },
  'column-built-in': { zh: '内置目录', en: 'built in' },
  'column-offered': { zh: '第 {sequence} 号', en: 'number {sequence}' },
  'column-new': { zh: '新包', en: 'new' },
  'first-step': { zh: '{fault}：先做 {after}，不再先做 {before}', en: '{fault}: begins with {after}, no longer with {before}' },
  good: { zh: '没有变差', en: 'not worse' },
  worse: { zh: '变差，不能下发：{measures}', en: 'worse, and not to be offered: {measures}' },
  offered: { zh: '第 {sequence} 号知识包已下发；终端在下次心跳时得知，并在约二十分钟内分批取走', en: 'knowledge pack number {sequence} is on offer; terminals hear of it with their next heartbeat and fetch it over some twenty minutes' },
  'by-whom': { zh: '{at}  由 {who} 下发', en: '{at}  offered by {who}' },
  terminals: { zh: '第 {sequence} 号：{terminals} 台终端，其中 {unbelieving} 台说明了不采用新包的原因', en: 'number {sequence}: {terminals} terminals, {unbelieving} of which say why they do not believe a newer one' },
  'built-in': { zh: '内置目录：{terminals} 台终端，其中 {unbelieving} 台说明了不采用知识包的原因', en: 'the built-in catalogue: {terminals} terminals, {unbelieving} of which say why they do not believe a pack' },
  tolerated: { zh: '允许变差', en: 'may be worse by' },
} as const satisfies Record<string, Text>

/** What each measure is. */
export const MEASURE_TEXTS: Readonly<Record<Measure, Text>> = {
  falseAlarms: { zh: '正常终端误报（个）', en: 'false alarms on healthy terminals' },
  missed: { zh: '在所有场景中都认不出的故障（个）', en: 'faults named first in none of their scenarios' },
  top1: { zh: '首选即正确', en: 'right fault named first' },
  top3: { zh: '前三名内正确', en: 'right fault among two names more' },
  extra: { zh: '多报了不存在的故障', en: 'a fault found that is not there' },
  readiness: { zh: '能否收款判断正确', en: 'readiness as stated' },
  calibration: { zh: '概率校准误差', en: 'expected calibration error' },
  brier: { zh: 'Brier 分数', en: 'Brier score' },
}
