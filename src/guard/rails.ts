import type { Text } from '../model/text.ts'
import { clausesOf } from './clauses.ts'

/** The rules that no text may break; see `RAILS`. */
export type Rail = 'charge-again' | 'delete-money-files' | 'card-data' | 'open-device' | 'weaken-security' | 'split-sale' | 'other-merchant' | 'cash-refund' | 'restart' | 'restart-on-tamper' | 'keep-card'

/** A rule: what a clause says when it breaks it, and what in the text before or around makes it right. */
type Rule = { rail: Rail; why: string; zh: RegExp; en: RegExp; /** Breaks nothing where this stands in the same text or in an earlier step. */ unless?: { zh: RegExp; en: RegExp } }

const STATE_KNOWN = {
  zh: /查询|核对|核实|确认|先查|冲正成功|已冲正|未扣款|没有扣款|没扣款|撤销|签到|结果|过期|(?:^|。)\d\d\s|连点/,
  en: /quer(?:y|ied)|check|confirm|establish|find out|verif|reversed|reversal OK|declined|not (?:been )?charged|no money was taken|void|sign on|\bstate\b|result|expired|(?:^|\. )\d\d\s/i,
}

const NOTHING_OPEN = {
  zh: /(?:没有|无|确认|完成|结束)[^。；]{0,12}(?:交易|冲正|上送)|交易[^。；]{0,8}(?:完成|结束)|营业前|打烊|路由|光猫|打印服务/,
  en: /\b(?:no|nothing|without|complete|finish)[^.;]{0,30}\b(?:transaction|sale|payment|revers|upload|open|progress)|transaction[^.;]{0,20}\b(?:over|complete|finished)\b|before opening|after closing|\brouter\b|\bmodem\b|print service|spooler/i,
}

const MONEY_FILES_ZH = '(?:流水|交易(?:记录|文件|数据|日志)?|批次|冲正|脱机|离线|上送|数据库)'
const MONEY_FILES_EN = '(?:journal|batch|reversal|offline(?:[- ]upload)?|store[- ]and[- ]forward|transaction(?: (?:file|log|record|database))?|upload (?:file|queue)|database)'

/** The guard rails as rules over a clause. Texts that say not to do a thing do not break its rule. */
const RULES: readonly Rule[] = [
  {
    rail: 'charge-again',
    why: 'charges again before the state of the first attempt is known',
    zh: /重刷|重新刷(?!新)|再刷(?:一次|一遍|一笔)|重新?收款|再收(?:一次|一笔|款)|补刷|重复(?:刷卡|收款)|再(?:扣|付)一(?:次|笔)|重做(?:刚才的|这笔|该笔)?(?:交易|收款)/,
    en: /\b(?:charge|bill|debit)\b[^.;]{0,30}\b(?:again|once more|twice|a second time)\b|\bre-?(?:charge|swipe)\b|\b(?:take|run|redo|repeat|retry)\b (?:the |this |that )?(?:payment|sale|charge|transaction)\b(?: again| once more)?|\bswipe (?:the card )?(?:again|once more)\b/i,
    unless: STATE_KNOWN,
  },
  {
    rail: 'delete-money-files',
    why: 'deletes journal, batch, reversal or upload data',
    zh: new RegExp(`(?:删除|删掉|删|清空|清除|清理|(?<!弄|结|认|看|点|查)清(?!单|楚|晰|算|机)|抹掉)[^，。；]{0,8}${MONEY_FILES_ZH}|${MONEY_FILES_ZH}[^，。；]{0,6}(?:删除|删掉|清空|清除|抹掉)`),
    en: new RegExp(`\\b(?:delet(?:e|ing)|clear|eras(?:e|ing)|purge|wipe|remove|drop|truncate|format)\\b[^.;]{0,40}\\b${MONEY_FILES_EN}(?:s|es)?\\b`, 'i'),
    unless: { zh: /冲正收到|处理|(?:冲正|上送).{0,6}(?:成功|完成)/, en: /\bclear (?:the )?pending reversals and uploads\b|00 to the reversal|once uploaded/i },
  },
  {
    rail: 'card-data',
    why: 'asks for, shows or keeps card data',
    zh: /(?:抄|(?<!人工)记|写|登记|保存|留存|拍|(?<!人工记)录|询问|问|索要|索取|要求提供|提供|告知|报|发送|发给|输入|手输|显示|打印)(?:下|录|写|取|存)?[^，。；、]{0,10}(?:完整(?:的)?卡号|(?<!SIM |SIM)卡号(?!后四|的?后|末|前六|错误|无效)|磁道|CVV2?|安全码|卡后三位|PIN|(?<!管理员|Wi-?Fi|无线|登录|开机)密码(?!键盘|错|正确)|密钥(?:明文|分量))|(?:卡号|磁道|CVV2?|安全码|PIN)[^，。；]{0,8}(?:抄(?:写|在|下)|写(?:下|在)|记(?:下|在)|拍(?:照|下)|发(?:给|送|到))/i,
    en: /\b(?:ask (?:the customer )?for|write|note|record|copy|store|save|keep|photograph|send|tell|show|display|print|read out|e-?mail|key in|type in|enter|give|provide|collect)\b[^.;,]{0,30}\b(?:(?:full |complete |whole )?card number|full PAN|\bPAN\b|track(?: ?[123]| data)|CVV2?|security code|PIN(?!-|[ -]?pad)\b|key components?|master key)/i,
    unless: { zh: /遮(?:盖|挡|住)?.{0,3}卡号|后四位|粉碎|销毁|拒绝|顾客[^。；]{0,8}(?:重输|自己|亲自|输入)/, en: /\bcovered\b|last four|masked|shred|refuse|customer (?:enters|to enter|to shield)|in private/i },
  },
  {
    rail: 'open-device',
    why: 'opens a payment terminal or PIN pad',
    zh: /(?:拆开|拆机|拆下|拆卸|拆修|打开|撬开|自行维修)[^，。；]{0,6}(?:终端|密码键盘|读卡器|刷卡(?:机|设备|器)|POS ?机|机壳|外壳|后盖|机身)|(?:终端|密码键盘|读卡器|刷卡(?:机|设备|器)|POS ?机|机器)[^，。；]{0,4}(?:拆开|拆机|拆修|撬开)|自行拆机|拆机(?:检查|维修|清理)/i,
    en: /\b(?:open|unscrew|disassemble|dismantle|take apart|pry open|crack open|repair)\b[^.;,]{0,24}\b(?:terminal(?!['’]s? (?:app|menu|setting|admin))|pin[ -]?pad|card reader|reader|casing|housing)\b(?! (?:app|menu|settings|admin|manager))/i,
    unless: { zh: /授权(?:服务商|维修|人员)/, en: /authori[sz]ed/i },
  },
  {
    rail: 'weaken-security',
    why: 'switches off certificate checks, the whole firewall or other protection',
    zh: /(?:关闭|关掉|停用|禁用|跳过|忽略|绕过|取消)[^，。；]{0,8}(?:证书|TLS|SSL|HTTPS|(?:整个|全部)?防火墙|杀毒|安全软件|防拆|验签|加密)/i,
    en: /\b(?:disable|turn(?:ing)? off|switch(?:ing)? off|turn (?:the |your )?(?:whole |entire )?\w+ off|ignore|skip|bypass|accept|deactivate|uninstall)\b[^.;]{0,30}\b(?:certificate (?:check|error|warning|validation|verification)s?|certificates?|TLS|SSL|HTTPS|firewall|antivirus|tamper (?:switch|protection|detection)|encryption)\b|\bturn (?:the |your )?(?:whole |entire )?firewall off\b/i,
  },
  {
    rail: 'split-sale',
    why: 'splits a sale to get under a limit',
    zh: /(?:拆(?:成|分|单|为)|分(?:成|为)?)[^，。；]{0,6}(?:小额|多笔|几笔|两笔|分笔|若干笔)|拆单|分笔刷|分几次刷/,
    en: /\bsplit(?:ting)?\b(?! tender)[^.;]{0,30}\b(?:sale|amount|payment|transaction|charge|bill)s?\b|\b(?:several|two|smaller|multiple) (?:smaller )?(?:charges|sales|transactions|payments)\b[^.;]{0,30}\blimit\b/i,
  },
  {
    rail: 'other-merchant',
    why: 'takes the money through another merchant’s terminal',
    zh: /(?:借用|借|用|使用|改用)[^，。；]{0,8}(?:他人|别人|其他商户|别的商户|隔壁|邻店|别家|其他店)[^，。；]{0,8}(?:POS|终端|刷卡|机|收款码)/i,
    en: /\b(?:borrow|use|lend|try)\b[^.;]{0,24}\b(?:another|other|neighbou?r(?:ing)?|next[- ]door|different)\b[^.;]{0,12}\b(?:merchant|shop|store|business|company)(?:'s|’s|s')?\b[^.;]{0,12}\b(?:POS|terminal|reader|machine)/i,
  },
  {
    rail: 'cash-refund',
    why: 'pays a card sale back in cash',
    zh: /(?:用|以|给|付|退)?现金[^，。；]{0,6}(?:退(?:货|款|刷卡|还|回|给)|返还)|退(?:款|还|给)?[^，。；]{0,6}现金/,
    en: /\brefund(?:s|ed|ing)?\b[^.;]{0,40}\b(?:in|by|with|as) cash\b|\bcash refund\b|\bgive (?:the customer )?(?:the money|cash) back (?:in cash)?|\bpay\b[^.;]{0,24}\bback in cash\b/i,
  },
  {
    rail: 'restart',
    why: 'restarts or resets before it is sure that nothing is open, to be reversed or to be uploaded',
    zh: /(?:(?<!异常|自动|反复|频繁)(?:重启|重新启动)|复位|恢复出厂|断电)(?!后|成功|的|原因|记录|时间|前|了|、|频繁|服务|码|轮|擦|停用)[^，。；]{0,10}(?:终端|设备|读卡|刷卡|收银|软件|程序|主机|系统|POS|密码键盘|键盘|机器|电脑|本机)|(?:终端|设备|主机|系统|POS ?机?|密码键盘|收银(?:机|软件)?|程序|软件|机器)[^，。；]{0,4}(?:(?<!异常|自动|反复|频繁)(?:重启|重新启动)|恢复出厂|复位)(?!后)(?:一次|一下|$|，|。|；|试)|(?:长按|按住)[^，。；]{0,6}重启|恢复出厂设置/i,
    en: /\b(?:restart|reboot|power[- ]?cycle|reset|power)\b (?:off )?(?:the |your |this |its )?(?:\w+ ){0,2}(?:terminal|device|reader|POS|app|software|program|host|system|machine|computer|till|pin[ -]?pad|pad|module)\b|\brestart normally\b|\bfactory[- ]reset\b|\bpower(?:ing)? (?:it|the \w+) off and on\b|\bturn (?:it|the \w+) off and on again\b/i,
    unless: NOTHING_OPEN,
  },
  {
    rail: 'restart-on-tamper',
    why: 'restarts a device that reports tampering',
    zh: /(?:防拆|攻击|自毁|tamper)[^。；]{0,20}(?:重启|恢复出厂|重新启动|断电再)/i,
    en: /\btamper\w*\b[^.;]{0,60}\b(?:restart|reboot|reset|power[- ]?cycle)\b|\b(?:restart|reboot|reset|power[- ]?cycle)\b[^.;]{0,60}\btamper/i,
  },
  {
    rail: 'keep-card',
    why: 'keeps a card without being told to by the acquirer, or by force',
    zh: /(?:没收|扣留|扣下|留下|剪掉|剪毁)[^，。；]{0,6}卡(?!纸)/,
    en: /\b(?:retain|seize|confiscate|keep|cut up|hold back)\b[^.;]{0,12}\b(?:the|this|that|a|his|her|their) card\b/i,
    unless: { zh: /收单|要求|指示|指令/, en: /acquirer|instruct/i },
  },
]

/** Which guard rails a text breaks, in either language, and why (English). `before` are earlier steps of the same remedy: what they made sure of counts. Empty for a good text. */
export const brokenRails = (text: Text, before: readonly Text[] = []): { rail: Rail; why: string }[] =>
  RULES.filter(({ zh, en, unless }) => {
    const said = { zh: [...before.map((b) => b.zh), text.zh].join('。'), en: [...before.map((b) => b.en), text.en].join('. ') }
    const broken = (language: 'zh' | 'en', pattern: RegExp): boolean => {
      if (unless?.[language].test(said[language])) return false
      return clausesOf(text[language], language).some((clause) => pattern.test(clause))
    }
    return broken('zh', zh) || broken('en', en)
  }).map(({ rail, why }) => ({ rail, why }))

/** Whether a text tells to do what this rail is about, rightly or wrongly: what makes it right is not looked for. */
export const speaksOf = (rail: Rail, text: Text): boolean => {
  const rule = RULES.find((one) => one.rail === rail)
  return rule !== undefined && (['zh', 'en'] as const).some((language) => clausesOf(text[language], language).some((clause) => rule[language].test(clause)))
}
