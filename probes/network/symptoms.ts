import { type Limit, type Presence, type Seen, type SymptomRule, whenAbsent, whenFalse, whenNumber, whenTrue } from '../../src/model/symptom.ts'

/** Limits of the network symptoms, by name. */
export const limits: Readonly<Record<string, Limit>> = {
  'network.carrier-changes-per-hour': { standard: 2, unit: 'changes per hour', basis: 'rule of thumb: more than two per hour is a loose plug or a failing port' },
  'network.slow-speed-mbit': { standard: 10, unit: 'Mbit/s', basis: 'rule of thumb: current equipment falls back to 10 Mbit/s over a damaged pair' },
  'network.loss-percent': { standard: 10, unit: 'percent', basis: 'estimate: of the few echo requests of one check a single one may be lost by chance' },
  'network.rtt-ms': { standard: 100, unit: 'ms', basis: 'estimate: a healthy local network answers within 20 ms, a busy Wi-Fi within 100' },
  'network.jitter-ms': { standard: 50, unit: 'ms', basis: 'estimate: half the round trip limit' },
  'network.frame-errors-permille': { standard: 1, unit: 'per thousand frames', basis: 'rule of thumb: a sound cable damages less than one frame in a million' },
  'network.time-offset-s': { standard: 60, unit: 's', basis: 'rule of thumb: beyond a minute some payment and token protocols refuse' },
  'network.modem-dbm': { standard: -95, unit: 'dBm', basis: 'rule of thumb: CSQ below 9 is poor (unverified bands)' },
  'network.wifi-dbm': { standard: -70, unit: 'dBm', basis: 'rule of thumb of Wi-Fi planners: below -70 dBm transactions become unreliable' },
}

const DOWN: readonly unknown[] = ['down', 'lowerlayerdown', 'notpresent']

/** What only a cellular link can have: on another medium it is not there. */
const onlyCellular = (see: Seen, read: Presence): Presence => {
  const medium = see.value('network.medium')
  return read === 'unknown' && (medium === 'wired' || medium === 'wifi') ? 'absent' : read
}

/** What only Wi-Fi can have: on another medium it is not there. */
const onlyWifi = (see: Seen, read: Presence): Presence => {
  const medium = see.value('network.medium')
  return read === 'unknown' && (medium === 'wired' || medium === 'cellular') ? 'absent' : read
}

const linkDown = (see: Seen): Presence => {
  const carrier = see.value('network.carrier')
  if (typeof carrier === 'boolean') return carrier ? 'absent' : 'present'
  const state = see.value('network.operstate')
  return state === undefined ? 'unknown' : DOWN.includes(state) ? 'present' : state === 'up' ? 'absent' : 'unknown'
}

const kind = (see: Seen, is: string): Presence => {
  const value = see.value('network.address-kind')
  return value === undefined ? 'unknown' : value === is ? 'present' : 'absent'
}

/** A gateway may decline echo requests, so their silence says nothing; without ARP to go by it stays unknown. */
const gatewaySilent = (see: Seen): Presence => {
  if (see.value('network.gateway-seen') === true || see.value('network.gateway-answers') === true) return 'absent'
  // A cellular link is point to point: behind it stands no router that could be off.
  if (see.value('network.medium') === 'cellular') return 'absent'
  return see.absence('network.gateway-seen') === 'silent' ? 'present' : 'unknown'
}

/** Collisions on a link that says it is full-duplex, or late ones on one that is half: the two ends disagree. */
const mismatch = (see: Seen): Presence => {
  const duplex = see.value('network.duplex')
  if (duplex === 'full') return whenNumber(see, 'network.collisions', (n) => n > 0)
  return duplex === 'half' ? whenNumber(see, 'network.late-collisions', (n) => n > 0) : 'unknown'
}

/** Either kind of untruth is enough. */
const lies = (see: Seen): Presence => {
  const seen = ['network.dns-invents', 'network.dns-contradicts'].map((name) => whenTrue(see, name))
  return seen.includes('present') ? 'present' : seen.includes('absent') ? 'absent' : 'unknown'
}

/** Readings of the network symptoms. */
export const symptoms: readonly SymptomRule[] = [
  {
    id: 'network.interface-missing',
    meaning: { zh: '系统里没有可用的网络接口（网卡、驱动或 USB 网卡不见了）', en: 'the network interface is not there: card, driver or USB adapter gone' },
    reads: ['network.interface'],
    read: (see) => whenAbsent(see, 'network.interface', 'missing'),
  },
  {
    id: 'network.link-down',
    meaning: { zh: '网络链路没有接通（网线未插好、对端关闭、未连上 Wi-Fi 或接口被停用）', en: 'the link is down: cable out, other end off, Wi-Fi not joined, or interface switched off' },
    reads: ['network.carrier', 'network.operstate'],
    read: linkDown,
  },
  {
    id: 'network.link-flapping',
    meaning: { zh: '网络链路反复断开又接通', en: 'the link keeps going down and coming back' },
    reads: ['network.carrier-changes-per-hour'],
    read: (see, limit) => whenNumber(see, 'network.carrier-changes-per-hour', (n) => n > limit('network.carrier-changes-per-hour')),
  },
  {
    id: 'network.half-duplex',
    meaning: { zh: '网卡只协商到半双工或 10 Mbit/s，多为网线线对损坏或端口设置不一致', en: 'the link negotiated half duplex or 10 Mbit/s only: a damaged pair or mismatched port settings' },
    reads: ['network.duplex', 'network.speed-mbit'],
    read: (see, limit) => {
      const slow = whenNumber(see, 'network.speed-mbit', (n) => n <= limit('network.slow-speed-mbit'))
      const duplex = see.value('network.duplex')
      return duplex === 'half' || slow === 'present' ? 'present' : duplex === undefined ? slow : 'absent'
    },
  },
  {
    id: 'network.duplex-mismatch',
    meaning: { zh: '网线两端的双工设置不一致（一端全双工、一端半双工）', en: 'the two ends of the cable disagree about duplex: one is full, the other half' },
    reads: ['network.duplex', 'network.collisions', 'network.late-collisions'],
    read: mismatch,
  },
  {
    id: 'network.frame-errors',
    meaning: { zh: '收到的数据帧损坏过多（网线、接头、干扰或双工不一致）', en: 'too many frames arrive damaged: cable, plug, interference or a duplex mismatch' },
    reads: ['network.frame-errors-permille'],
    read: (see, limit) => whenNumber(see, 'network.frame-errors-permille', (n) => n > limit('network.frame-errors-permille')),
  },
  {
    id: 'network.address-duplicate',
    meaning: { zh: '本机的地址已被网络里另一台设备占用', en: 'another device on the network has the same address' },
    reads: ['network.address-duplicate'],
    read: (see) => whenTrue(see, 'network.address-duplicate'),
  },
  {
    id: 'network.gateway-elsewhere',
    meaning: { zh: '网关不在本机所在的网段，地址、掩码或网关设置有误', en: 'the gateway lies outside of this host\'s network: address, mask or gateway is set wrongly' },
    reads: ['network.gateway-on-link'],
    read: (see) => whenFalse(see, 'network.gateway-on-link'),
  },
  {
    id: 'network.no-address',
    meaning: { zh: '网络接口没有 IP 地址', en: 'the interface has no IP address' },
    reads: ['network.address-kind'],
    read: (see) => kind(see, 'none'),
  },
  {
    id: 'network.self-assigned-address',
    meaning: { zh: '网络接口只有自分配地址（169.254.x.x），没有从 DHCP 服务器拿到地址', en: 'the interface gave itself an address (169.254.x.x): no DHCP server answered' },
    reads: ['network.address-kind'],
    read: (see) => kind(see, 'self-assigned'),
  },
  {
    id: 'network.no-route',
    meaning: { zh: '没有默认路由，数据包出不了本地网络', en: 'there is no default route: nothing can leave the local network' },
    reads: ['network.default-route'],
    read: (see) => whenFalse(see, 'network.default-route'),
  },
  {
    id: 'network.gateway-silent',
    meaning: { zh: '网关（路由器）没有任何应答', en: 'the gateway (router) does not answer at all' },
    reads: ['network.gateway-seen', 'network.gateway-answers', 'network.medium'],
    read: gatewaySilent,
  },
  {
    id: 'network.loss-high',
    meaning: { zh: '到网关的丢包率过高', en: 'too many packets to the gateway are lost' },
    reads: ['network.loss-percent'],
    read: (see, limit) => whenNumber(see, 'network.loss-percent', (n) => n > limit('network.loss-percent')),
  },
  {
    id: 'network.rtt-high',
    meaning: { zh: '到网关的往返时延过高', en: 'round trips to the gateway take too long' },
    reads: ['network.rtt-ms'],
    read: (see, limit) => whenNumber(see, 'network.rtt-ms', (n) => n > limit('network.rtt-ms')),
  },
  {
    id: 'network.jitter-high',
    meaning: { zh: '到网关的时延忽高忽低', en: 'round trips to the gateway vary too much' },
    reads: ['network.jitter-ms'],
    read: (see, limit) => whenNumber(see, 'network.jitter-ms', (n) => n > limit('network.jitter-ms')),
  },
  {
    id: 'network.wifi-weak',
    meaning: { zh: 'Wi-Fi 信号太弱', en: 'the Wi-Fi signal is too weak' },
    reads: ['network.wifi-dbm', 'network.medium'],
    read: (see, limit) => onlyWifi(see, whenNumber(see, 'network.wifi-dbm', (n) => n < limit('network.wifi-dbm'))),
  },
  {
    id: 'network.dns-fails',
    meaning: { zh: '本机无法解析域名', en: 'this host cannot resolve names' },
    reads: ['network.dns-system'],
    read: (see) => whenAbsent(see, 'network.dns-system', 'silent', 'refused', 'missing', 'garbled'),
  },
  {
    id: 'network.dns-server-silent',
    meaning: { zh: '域名服务器（DNS）本身没有应答', en: 'the name server itself gives no answer' },
    reads: ['network.dns-direct'],
    read: (see) => whenAbsent(see, 'network.dns-direct', 'silent', 'missing', 'garbled'),
  },
  {
    id: 'network.no-internet',
    meaning: { zh: '外网上的中立服务器没有应有的应答', en: 'a neutral server on the internet does not answer as it should' },
    reads: ['network.internet'],
    read: (see) => (see.value('network.internet') === false ? 'present' : whenAbsent(see, 'network.internet', 'silent', 'refused', 'missing', 'garbled')),
  },
  {
    id: 'network.dns-lies',
    meaning: { zh: '域名解析结果不可信：给不存在的域名编造地址，或把服务器指到不该去的地方', en: 'name resolution does not tell the truth: it makes addresses up, or sends names where they do not belong' },
    reads: ['network.dns-invents', 'network.dns-contradicts'],
    read: lies,
  },
  {
    id: 'network.clock-differs',
    meaning: { zh: '本机时钟与时间服务器相差过大', en: 'this host\'s clock and the time server\'s differ too much' },
    reads: ['network.time-offset-s'],
    read: (see, limit) => whenNumber(see, 'network.time-offset-s', (s) => Math.abs(s) > limit('network.time-offset-s')),
  },
  {
    id: 'network.proxy-dead',
    meaning: { zh: '本机设置的代理服务器连不上', en: 'the proxy that this host is told to use takes no connections' },
    reads: ['network.proxy-connects'],
    read: (see) => whenAbsent(see, 'network.proxy-connects', 'refused', 'silent', 'missing'),
  },
  {
    id: 'network.captive-portal',
    meaning: { zh: '上网需要先在网页上登录认证，别的服务器在冒充应答', en: 'a login page stands in the way: another server answers in place of the one asked' },
    reads: ['network.captive-portal'],
    read: (see) => whenTrue(see, 'network.captive-portal'),
  },
  {
    id: 'network.modem-not-registered',
    meaning: { zh: '蜂窝模块没有注册到移动网络', en: 'the cellular modem is not registered in a network' },
    reads: ['network.modem-registered', 'network.medium'],
    read: (see) => onlyCellular(see, whenAbsent(see, 'network.modem-registered', 'refused')),
  },
  {
    id: 'network.modem-silent',
    meaning: { zh: '蜂窝模块没有应答、不能用或不见了', en: 'the cellular modem does not answer, cannot be used, or is gone' },
    reads: ['network.modem-answers', 'network.medium'],
    read: (see) => onlyCellular(see, whenAbsent(see, 'network.modem-answers', 'silent', 'missing', 'refused')),
  },
  {
    id: 'network.modem-weak',
    meaning: { zh: '蜂窝信号太弱', en: 'the cellular signal is too weak' },
    reads: ['network.modem-dbm', 'network.medium'],
    read: (see, limit) => onlyCellular(see, whenNumber(see, 'network.modem-dbm', (n) => n < limit('network.modem-dbm'))),
  },
  {
    id: 'network.modem-detached',
    meaning: { zh: '已注册到移动网络，但没有接通数据业务（欠费、APN 或套餐）', en: 'registered in the cellular network but without its data service: credit, APN or plan' },
    reads: ['network.modem-attached', 'network.medium'],
    read: (see) => onlyCellular(see, whenFalse(see, 'network.modem-attached')),
  },
  {
    id: 'network.sim-problem',
    meaning: { zh: 'SIM 卡未就绪（未插好、锁定或损坏）', en: 'the SIM card is not ready: not seated, locked or broken' },
    reads: ['network.sim-ready', 'network.medium'],
    read: (see) => onlyCellular(see, whenAbsent(see, 'network.sim-ready', 'refused', 'missing')),
  },
]
