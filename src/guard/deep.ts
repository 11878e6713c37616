import { isCard } from './issuer.ts'
import { addMasked, type Masked, mask } from './mask.ts'

const MAX_DEPTH = 40

// Names (small letters, nothing but letters and digits) whose values may not be kept, whatever they look like.
const DENIED = new Set([
  'pan', 'fullpan', 'rawpan', 'clearpan', 'primaryaccountnumber', 'cardno', 'cardnum', 'cardnumber', 'cardnr', 'ccnumber', 'creditcard', 'creditcardnumber', 'acct', 'acctno', 'accountno', 'accountnumber', 'bankcard', 'bankcardno',
  'track', 'track1', 'track2', 'track3', 'tracks', 'track1data', 'track2data', 'track3data', 'trackdata', 'track2equivalent', 'track2equivalentdata', 'trackinfo', 'magstripe', 'magstripedata', 'magdata', 'swipedata',
  'pin', 'pinblock', 'pinblk', 'pindata', 'pincode', 'pinno', 'pinnumber', 'encryptedpin', 'encryptedpinblock', 'encpinblock', 'onlinepin', 'offlinepin', 'userpin', 'cardpin', 'simpin',
  'cvv', 'cvv1', 'cvv2', 'cvc', 'cvc1', 'cvc2', 'cvn', 'cvn2', 'cav2', 'csc', 'cid', 'icvv', 'cvvcode', 'cvccode', 'cardcvv', 'cardcvc', 'securitycode', 'cardsecuritycode', 'verificationcode',
  'exp', 'expiry', 'expirydate', 'expiration', 'expirationdate', 'expdate', 'expmonth', 'expyear', 'expirymonth', 'expiryyear', 'cardexpiry', 'cardexpirydate', 'validthru',
  'cardholder', 'cardholdername', 'holdername', 'nameoncard', 'cardname',
  'masterkey', 'workkey', 'workingkey', 'pinkey', 'mackey', 'datakey', 'trackkey', 'terminalmasterkey', 'zonemasterkey', 'tmk', 'zmk', 'zpk', 'tpk', 'tak', 'zak', 'pik', 'mak', 'tdk', 'bdk', 'ipek', 'kek', 'lmk', 'ksn', 'dukptkey', 'keycomponent',
  '5a', '5f20', '9f6b', '9f1f', '9f20', 'tag57', 'tag5a', 'tag56', 'de2', 'de02', 'de14', 'de35', 'de36', 'de45', 'de52', 'df2', 'df35', 'df36', 'df45', 'df52', 'f2', 'f002', 'f02', 'f35', 'f035', 'f36', 'f036', 'f45', 'f045', 'f52', 'f052', 'field2', 'field35', 'field36', 'field45', 'field52',
  '卡号', '银行卡号', '主账号', '账号', '帐号', '磁道', '磁道信息', '磁道数据', '一磁道', '二磁道', '三磁道', '磁道1', '磁道2', '磁道3', '密码', '交易密码', '卡密码', '个人密码', '密码密文', '安全码', '校验码', '卡后三位', '有效期', '卡有效期', '持卡人', '持卡人姓名', '主密钥', '工作密钥', '密钥', '身份证', '身份证号', '身份证号码',
])

const MASKED = /^\d{0,6}\*{2,}\d{0,4}$/

/** True if values under this name may not be kept (pan, track2, cvv, pinBlock, 卡号 and the like; case, blanks, - and _ do not count). */
const deniedName = (name: string): boolean => DENIED.has(name.normalize('NFKC').toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, ''))

/** Values that say nothing of a card although they stand under a denied name: nothing, yes or no, a number already masked. */
const harmless = (value: unknown): boolean => value === undefined || value === null || typeof value === 'boolean' || value === '' || (typeof value === 'string' && MASKED.test(value))

// Milliseconds, and microseconds, since 1970 between 2001 and 2038: no issuer's numbers begin so, which makes times safe to tell apart first.
const isTime = (value: number): boolean => (value >= 1e12 && value < 2.15e12) || (value >= 1e15 && value < 2.15e15)

const numberIsCard = (value: number | bigint): boolean => {
  if (typeof value === 'number' && (!Number.isInteger(value) || isTime(value))) return false
  const digits = String(value)
  return /^\d{13,19}$/.test(digits) && isCard(digits, true)
}

const walk = (value: unknown, depth: number, sum: Masked): unknown => {
  const note = (type: string): void => addMasked(sum, { [type]: 1 })
  if (typeof value === 'string') {
    const { text, masked } = mask(value)
    addMasked(sum, masked)
    return text
  }
  if (typeof value === 'number' || typeof value === 'bigint') {
    if (!numberIsCard(value)) return value
    note('pan')
    return '[PAN]'
  }
  if (value === null || value === undefined || typeof value === 'boolean' || value instanceof Date) return value
  if (depth >= MAX_DEPTH) {
    note('withheld')
    return '[withheld: nested too deeply]'
  }
  if (Array.isArray(value)) return value.map((one) => walk(one, depth + 1, sum))
  if (value instanceof Error) return walk({ ...value, name: value.name, message: value.message, stack: value.stack }, depth, sum)
  if (typeof value === 'object' && (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null)) {
    const out: [string, unknown][] = []
    for (const [name, inner] of Object.entries(value)) {
      const { text: key, masked } = mask(name)
      addMasked(sum, masked)
      if (deniedName(name) && !harmless(inner)) {
        note('field')
        out.push([key, '[dropped]'])
      } else out.push([key, walk(inner, depth + 1, sum)])
    }
    return Object.fromEntries(out)
  }
  note('unreadable')
  return '[unreadable]'
}

/**
 * Takes card data out of a JSON-like value: strings and names go through mask(), values under denied names are replaced by '[dropped]'.
 * A number is a card number only if it is an integer of 13 to 19 digits with an issuer's prefix and a good check digit; times pass.
 * Errors become their name, message and stack; anything else that is not plain data (bytes, maps, functions) becomes '[unreadable]'. Never throws for data of up to 40 levels.
 */
export const maskDeep = <T>(value: T): { value: T; masked: Masked } => {
  const masked: Masked = {}
  // Where something was replaced the shape is that of the input but for the replaced values, which are strings.
  const clean = walk(value, 0, masked) as T
  return { value: clean, masked }
}
