import type { Detail } from './details.ts'

/**
 * What the bench and the runner say of a look that brought nothing. English is what they say; the places `{detail}`, `{message}`
 * and `{what}` are themselves such texts, `{names}` is a list of them.
 */
export const BENCH_DETAILS: readonly Detail[] = [
  { en: 'deadline', zh: '到了检查时限，还没有结果' },
  { en: 'no answer', zh: '没有应答' },
  { en: 'none', zh: '无' },
  { en: 'unplugged', zh: '已被拔下' },
  { en: 'the port is closed', zh: '端口已关闭' },
  { en: 'not in the dialogue', zh: '收发记录里没有这一项' },
  { en: 'nobody is there to answer', zh: '没有人在场回答' },
  { en: '{what}: no answer within {ms} ms', zh: '{what}：{ms} 毫秒内没有应答' },
  { en: '{what}: no TLS answer within {ms} ms', zh: '{what}：{ms} 毫秒内没有 TLS 应答' },
  { en: '{what} closed the connection', zh: '{what} 断开了连接' },
  { en: '{what} is closed', zh: '{what} 已关闭' },
  { en: '{what} takes no bytes', zh: '{what} 不接收数据' },
  { en: '{what} is in use by this very look', zh: '{what} 正被本次检查自己使用' },

  // Files, the kernel log, processes
  { en: 'kernel log', zh: '内核日志' },
  { en: 'not an absolute path: {what}', zh: '不是绝对路径：{what}' },
  { en: '{path} is a folder', zh: '{path} 是文件夹，不是文件' },
  { en: 'no permission to read the kernel log: give the agent CAP_SYSLOG, or put it into group adm and install rsyslog', zh: '没有权限读内核日志：请给守护程序 CAP_SYSLOG 权限，或把它加入 adm 组并安装 rsyslog', helps: 'permission' },
  { en: 'this host keeps no kernel log where it can be read (/dev/kmsg, /var/log)', zh: '本机没有可读的内核日志（/dev/kmsg、/var/log）', helps: 'nothing' },
  { en: 'no processes below {path}: this host shows none', zh: '{path} 下没有进程：本机不显示进程' },

  // Ports
  { en: '{path} does not open within {ms} ms', zh: '{path} 在 {ms} 毫秒内没有打开' },
  { en: '{path} does not tell its lines', zh: '读不到 {path} 的信号线状态' },
  { en: '{path} went away: {message}', zh: '{path} 用着用着不见了：{message}' },
  { en: '{path} is not a device', zh: '{path} 不是设备文件' },
  { en: 'the package serialport cannot be loaded: {message}', zh: '程序包 serialport 无法加载：{message}', helps: 'package' },
  { en: 'the package node-hid cannot be loaded', zh: '程序包 node-hid 无法加载' },
  { en: 'the package node-hid cannot be loaded: {message}', zh: '程序包 node-hid 无法加载：{message}', helps: 'package' },
  { en: 'USB HID needs a library: install {package}', zh: '查看 USB HID 设备缺少一个库：请安装 {package}', helps: 'package' },
  { en: 'list of HID devices', zh: 'HID 设备列表' },
  { en: 'PC/SC needs a library: install {package}', zh: '使用 PC/SC 缺少一个库：请安装 {package}', helps: 'package' },
  { en: 'pcscd is not running: install and start {package}', zh: 'pcscd 没有运行：请安装并启动 {package}', helps: 'package' },
  { en: 'the PC/SC service refuses this user: {message}', zh: 'PC/SC 服务不允许当前用户使用：{message}', helps: 'permission' },
  { en: 'the PC/SC service: {message}', zh: 'PC/SC 服务：{message}' },
  { en: 'PC/SC cannot be used: {message}', zh: 'PC/SC 用不了：{message}', helps: 'package' },

  // Network
  { en: 'own interfaces', zh: '本机网络接口' },
  { en: 'roots to trust, {path}', zh: '受信任的根证书 {path}' },
  { en: '{name} at {server}', zh: '向 {server} 查询 {name}' },
  { en: 'not an http or https address: {url}', zh: '不是 http 或 https 地址：{url}' },
  { en: '{server} is not the address of a name server: {message}', zh: '{server} 不是域名服务器的地址：{message}' },
  { en: '{name} shows no certificate', zh: '{name} 没有出示证书' },
  { en: 'no ping program: install {package}', zh: '没有 ping 程序：请安装 {package}', helps: 'package' },
  { en: '{path} cannot be started: {message}', zh: '{path} 无法启动：{message}' },
  { en: 'ping prints what cannot be read: {line} ({message})', zh: '看不懂 ping 的输出：{line}（{message}）' },
  { en: 'not a host: {host}', zh: '不是主机名或地址：{host}' },
  { en: 'ping {host}: no output', zh: 'ping {host}：没有输出' },
  { en: 'ping {host}: {message}', zh: 'ping {host} 没有成功：{message}' },
]

/** Error codes of Node, the system and its resolver, as they stand after what was tried: `/dev/ttyS9: ENOENT`. */
export const CODES: Readonly<Record<string, string>> = {
  ENOENT: '没有这个文件或设备',
  ENODEV: '没有这个设备',
  ENXIO: '没有这个设备',
  ENOTDIR: '路径不对',
  EACCES: '没有权限',
  EPERM: '没有权限',
  EBUSY: '被其他程序占用',
  EAGAIN: '暂时不可用',
  EIO: '读写出错',
  EINVAL: '系统不接受这个请求',
  ENODATA: '没有数据',
  EROFS: '只读',
  ENOSPC: '磁盘已满',
  ESRCH: '进程已不在',
  ENOTSUP: '系统不支持',
  EOPNOTSUPP: '系统不支持',
  EMFILE: '打开的文件过多',
  ENFILE: '打开的文件过多',
  ENOMEM: '内存不足',
  ETIMEDOUT: '超时，没有应答',
  ECONNREFUSED: '连接被拒绝',
  ECONNRESET: '连接被对方中断',
  EPIPE: '连接已断开',
  EHOSTUNREACH: '主机不可达',
  EHOSTDOWN: '主机不可达',
  ENETUNREACH: '没有通往该网络的路由',
  ENETDOWN: '网络接口未启用',
  EADDRNOTAVAIL: '本机没有可用的地址',
  EAFNOSUPPORT: '本机不支持这种地址',
  ENOTFOUND: '没有这个域名',
  ENONAME: '没有这个域名',
  EAI_NONAME: '没有这个域名',
  EAI_NODATA: '这个域名没有地址',
  EAI_AGAIN: '域名服务器没有应答',
  EAI_MEMORY: '内存不足',
  ETIMEOUT: '域名服务器没有应答',
  ECANCELLED: '查询被中止',
  ESERVFAIL: '域名服务器出错',
  EREFUSED: '域名服务器拒绝回答',
  EBADRESP: '域名服务器的应答看不懂',
  EFORMERR: '域名服务器的应答看不懂',
  ENOTIMP: '域名服务器不支持这种查询',
  EBADNAME: '域名写法不对',
  EPROTO: 'TLS 握手失败',
  ERR_SSL_WRONG_VERSION_NUMBER: '应答的不是 TLS',
}

/** Beginnings of codes that share their meaning. */
export const CODE_FAMILIES: readonly [start: string, zh: string][] = [
  ['ERR_SSL_', 'TLS 握手失败'],
  ['ERR_TLS_', 'TLS 握手失败'],
  ['HPE_', '应答的不是 HTTP'],
]

/** Messages of the system and of native add-ons, which come in English only: what they are about is said before them. */
export const SYSTEM_WORDS: readonly [words: RegExp, zh: string][] = [
  [/permission denied|not permitted|access denied|lacking privilege/i, '没有权限'],
  [/resource busy|resource temporarily unavailable|cannot lock port/i, '被其他程序占用'],
  [/no such (?:file|device)|cannot open device|cannot find (?:module|package)/i, '没有这个文件或设备'],
  [/input\/output error|broken pipe|bad file descriptor|protocol error/i, '读写出错'],
  [/too many open files/i, '打开的文件过多'],
  [/cannot allocate memory/i, '内存不足'],
  [/timed out/i, '超时，没有应答'],
  [/connection refused/i, '连接被拒绝'],
  [/network is unreachable|no route to host|cannot assign requested/i, '没有路由'],
  [/temporary failure in name resolution|try again/i, '域名服务器没有应答'],
  [/name or service not known|unknown host|bad address|no address associated|nodename nor servname/i, '没有这个域名'],
  [/cannot open shared object file/i, '缺少共享库'],
]
