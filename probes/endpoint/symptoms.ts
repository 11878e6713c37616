import { type Limit, type Presence, type Seen, type SymptomRule, whenAbsent, whenFalse, whenNumber, whenTrue } from '../../src/model/symptom.ts'

/** Limits of the endpoint symptoms, by name. */
export const limits: Readonly<Record<string, Limit>> = {
  'endpoint.cert-days-left': { standard: 30, unit: 'days', basis: 'rule of thumb: warn a month ahead' },
  'endpoint.clock-offset-s': { standard: 60, unit: 's', basis: 'rule of thumb: beyond a minute some payment and token protocols refuse' },
  'endpoint.connect-ms': { standard: 800, unit: 'ms', basis: 'rule of thumb: round trips above 800 ms make card payments time out' },
  'endpoint.answer-ms': { standard: 3000, unit: 'ms', basis: 'estimate: handshake or answer slower than this is felt at the counter' },
}

const UNTRUSTED: ReadonlySet<string> = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_DECRYPT_CERT_SIGNATURE', 'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY', 'CERT_SIGNATURE_FAILURE', 'CERT_UNTRUSTED', 'CERT_REJECTED', 'CERT_REVOKED', 'INVALID_CA',
  'INVALID_PURPOSE', 'PATH_LENGTH_EXCEEDED', 'CERT_CHAIN_TOO_LONG', 'UNSUITABLE_CERTIFICATE',
])
const WRONG_NAME: ReadonlySet<string> = new Set(['ERR_TLS_CERT_ALTNAME_INVALID', 'HOSTNAME_MISMATCH'])
const EXPIRED = 'CERT_HAS_EXPIRED'
const NOT_YET = 'CERT_NOT_YET_VALID'

/** The check of a certificate stops at the first problem: about the others it says nothing, but a wrong name is looked for only in a chain that is trusted. */
const problem = (see: Seen, is: (code: string) => boolean): Presence => {
  const found = see.value('endpoint.tls-problem')
  if (typeof found !== 'string') return 'unknown'
  if (is(found)) return 'present'
  return found === 'none' || WRONG_NAME.has(found) ? 'absent' : 'unknown'
}

const known = (code: string): boolean => code === 'none' || code === EXPIRED || code === NOT_YET || UNTRUSTED.has(code) || WRONG_NAME.has(code)

const expired = (see: Seen): Presence => {
  const [code, days] = [see.value('endpoint.tls-problem'), see.number('endpoint.cert-days-left')]
  if (code === EXPIRED || (days !== undefined && days < 0)) return 'present'
  return days === undefined ? 'unknown' : 'absent'
}

const notYetValid = (see: Seen): Presence => {
  const [code, age] = [see.value('endpoint.tls-problem'), see.number('endpoint.cert-age-days')]
  if (code === NOT_YET || (age !== undefined && age < 0)) return 'present'
  return age === undefined ? 'unknown' : 'absent'
}

/** The handshake itself fails, or the certificate is refused for none of the reasons that have a symptom of their own. */
const fails = (see: Seen): Presence => {
  // Missing here is the file of roots to trust on this host: the server was not judged.
  if (see.absence('endpoint.tls-ok') === 'missing') return 'unknown'
  const handshake = whenAbsent(see, 'endpoint.tls-ok', 'garbled', 'refused')
  const code = see.value('endpoint.tls-problem')
  return handshake === 'absent' && typeof code === 'string' && !known(code) ? 'present' : handshake
}

/** A redirect to another host comes from something in between. */
const httpError = (see: Seen): Presence => {
  const asked = whenAbsent(see, 'endpoint.http-status', 'garbled', 'silent', 'refused', 'missing')
  if (asked !== 'absent') return asked
  return (see.number('endpoint.http-status') ?? 0) >= 400 || see.value('endpoint.http-redirect') !== undefined ? 'present' : 'absent'
}

/** Slow on any rung that was climbed. */
const slow = (see: Seen, limit: (name: string) => number): Presence => {
  const rungs = [
    whenNumber(see, 'endpoint.connect-ms', (ms) => ms > limit('endpoint.connect-ms')),
    ...['endpoint.dns-ms', 'endpoint.tls-ms', 'endpoint.http-ms'].map((name) => whenNumber(see, name, (ms) => ms > limit('endpoint.answer-ms'))),
  ]
  return rungs.includes('present') ? 'present' : (rungs[0] ?? 'unknown')
}

/** Readings of the endpoint symptoms. */
export const symptoms: readonly SymptomRule[] = [
  {
    id: 'endpoint.unresolved',
    meaning: { zh: '服务器的域名解析不出地址', en: 'the server\'s name cannot be resolved' },
    reads: ['endpoint.resolves'],
    read: (see) => whenAbsent(see, 'endpoint.resolves', 'refused', 'silent', 'missing', 'garbled'),
  },
  {
    id: 'endpoint.connect-refused',
    meaning: { zh: '服务器拒绝连接（端口关闭，或被防火墙拒绝）', en: 'the connection is refused: port closed, or a firewall rejects it' },
    reads: ['endpoint.connects'],
    read: (see) => whenAbsent(see, 'endpoint.connects', 'refused'),
  },
  {
    id: 'endpoint.connect-silent',
    meaning: { zh: '连接服务器没有任何回应', en: 'connecting to the server gets no answer' },
    reads: ['endpoint.connects'],
    read: (see) => whenAbsent(see, 'endpoint.connects', 'silent'),
  },
  {
    id: 'endpoint.no-route',
    meaning: { zh: '没有通往服务器的路由', en: 'there is no route to the server' },
    reads: ['endpoint.connects'],
    read: (see) => whenAbsent(see, 'endpoint.connects', 'missing'),
  },
  {
    id: 'endpoint.tls-expired',
    meaning: { zh: '按本机时钟，服务器证书已过期', en: 'by this host\'s clock the server\'s certificate has expired' },
    reads: ['endpoint.tls-problem', 'endpoint.cert-days-left'],
    read: expired,
  },
  {
    id: 'endpoint.tls-not-yet-valid',
    meaning: { zh: '按本机时钟，服务器证书尚未生效', en: 'by this host\'s clock the server\'s certificate is not valid yet' },
    reads: ['endpoint.tls-problem', 'endpoint.cert-age-days'],
    read: notYetValid,
  },
  {
    id: 'endpoint.tls-untrusted',
    meaning: { zh: '服务器证书的签发者不受信任', en: 'the server\'s certificate comes from nobody that is trusted' },
    reads: ['endpoint.tls-problem'],
    read: (see) => problem(see, (code) => UNTRUSTED.has(code)),
  },
  {
    id: 'endpoint.tls-wrong-name',
    meaning: { zh: '服务器证书上的名称与要访问的主机不符', en: 'the certificate is made out to another name than the server asked for' },
    reads: ['endpoint.tls-problem'],
    read: (see) => problem(see, (code) => WRONG_NAME.has(code)),
  },
  {
    id: 'endpoint.tls-intercepted',
    meaning: { zh: '证书不是由约定的机构签发，可能有人在中间解密通信', en: 'the certificate does not come from the agreed issuer: somebody in between may be listening in' },
    reads: ['endpoint.issuer-expected'],
    read: (see) => whenFalse(see, 'endpoint.issuer-expected'),
  },
  {
    id: 'endpoint.mtu-black-hole',
    meaning: { zh: '小数据包能到服务器，大数据包在途中丢失且没有提示（MTU 黑洞）', en: 'small packets reach the server and full ones vanish without a word on the way (MTU black hole)' },
    reads: ['endpoint.mtu-black-hole'],
    read: (see) => whenTrue(see, 'endpoint.mtu-black-hole'),
  },
  {
    id: 'endpoint.tls-silent',
    meaning: { zh: '服务器接受连接后不再应答', en: 'the server takes the connection and then says nothing' },
    reads: ['endpoint.tls-ok'],
    read: (see) => (see.absence('endpoint.tls-ok') === 'missing' ? 'unknown' : whenAbsent(see, 'endpoint.tls-ok', 'silent')),
  },
  {
    id: 'endpoint.tls-fails',
    meaning: { zh: 'TLS 握手失败', en: 'the TLS handshake fails' },
    reads: ['endpoint.tls-ok', 'endpoint.tls-problem'],
    read: fails,
  },
  {
    id: 'endpoint.cert-expiring',
    meaning: { zh: '服务器证书即将过期', en: 'the server\'s certificate expires soon' },
    reads: ['endpoint.cert-days-left'],
    read: (see, limit) => whenNumber(see, 'endpoint.cert-days-left', (days) => days >= 0 && days < limit('endpoint.cert-days-left')),
  },
  {
    id: 'endpoint.http-error',
    meaning: { zh: '服务器能连上，但网页请求出错、无应答或被转到别的主机', en: 'the server connects, but its HTTP answer is an error, missing or leads to another host' },
    reads: ['endpoint.http-status', 'endpoint.http-redirect'],
    read: httpError,
  },
  {
    id: 'endpoint.slow',
    meaning: { zh: '服务器响应过慢', en: 'the server answers too slowly' },
    reads: ['endpoint.connect-ms', 'endpoint.dns-ms', 'endpoint.tls-ms', 'endpoint.http-ms'],
    read: slow,
  },
  {
    id: 'endpoint.clock-differs',
    meaning: { zh: '本机时钟与服务器时钟相差过大', en: 'this host\'s clock and the server\'s differ too much' },
    reads: ['endpoint.clock-offset-s'],
    read: (see, limit) => whenNumber(see, 'endpoint.clock-offset-s', (s) => Math.abs(s) > limit('endpoint.clock-offset-s')),
  },
]
