import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { canary } from '../guard/card-data.ts'
import type { TerminalFile } from '../model/terminal.ts'
import type { Text } from '../model/text.ts'
import { readDesk } from './desk-client.ts'
import { STORE_FILE } from './keeper.ts'
import { type SpoolState, spoolOf } from './outbox.ts'
import { PACK_FILE, packIn } from './pack.ts'
import { type Database, openDatabase, StoreError } from './sqlite.ts'
import { EARLIEST_DATE } from './store.ts'

/** One thing about the agent itself. `ok` is undefined where it cannot be known or does not matter here. */
export interface HealthItem {
  check: string
  ok: boolean | undefined
  detail: Text
  remedy?: Text
}

/** What the doctor looks at. */
export interface HealthOptions {
  stateDir: string
  terminal: TerminalFile
  hq: boolean
  /** Wall time in milliseconds. */
  now: number
  env: Readonly<Record<string, string | undefined>>
}

const both = (zh: string, en: string): Text => ({ zh, en })
const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''
const STALE_MS = 3_600_000
const MANY_WAITING = 200

const agentItem = ({ stateDir }: HealthOptions): HealthItem => {
  const desk = readDesk(stateDir)
  return desk
    ? { check: 'agent', ok: true, detail: both(`守护程序正在运行（进程 ${desk.pid}），页面 ${desk.url}`, `the agent runs (process ${desk.pid}), its page is ${desk.url}`) }
    : { check: 'agent', ok: false, detail: both(`没有发现使用 ${stateDir} 的守护程序`, `no agent found that uses ${stateDir}`), remedy: both('运行 posdiag agent，或 systemctl start posdiag', 'run posdiag agent, or systemctl start posdiag') }
}

const folderItem = ({ stateDir }: HealthOptions): HealthItem => {
  try {
    accessSync(stateDir, constants.R_OK | constants.W_OK | constants.X_OK)
    const open = (statSync(stateDir).mode & 0o002) !== 0
    return open
      ? { check: 'state-folder', ok: false, detail: both(`${stateDir} 任何人都可写`, `everybody may write to ${stateDir}`), remedy: both(`chmod 700 ${stateDir}`, `chmod 700 ${stateDir}`) }
      : { check: 'state-folder', ok: true, detail: both(`${stateDir} 可读写`, `${stateDir} can be read and written`) }
  } catch (error) {
    return { check: 'state-folder', ok: false, detail: both(`不能使用 ${stateDir}：${errorText(error)}`, `${stateDir} cannot be used: ${errorText(error)}`), remedy: both('用运行守护程序的用户执行，或改正目录权限', 'run this as the user that runs the agent, or correct the permissions') }
  }
}

const spoolItems = (spool: SpoolState, deliveredAt: number | undefined, { hq, now }: HealthOptions): HealthItem[] => {
  const mib = (spool.bytes / 1048576).toFixed(1)
  const stuck = hq && spool.reports > 0 && spool.oldestAt !== undefined && now - spool.oldestAt > STALE_MS
  return [
    {
      check: 'outbox', ok: !stuck && spool.reports < MANY_WAITING,
      detail: both(`${spool.reports} 份报告待发送（${mib} MiB），共丢弃 ${spool.lost} 份，总部拒收 ${spool.rejected} 份`, `${spool.reports} reports wait (${mib} MiB); ${spool.lost} were lost by its bounds and ${spool.rejected} rejected by HQ, ever`),
      ...(stuck ? { remedy: both('检查到总部的网络和终端的注册；posdiag check --only endpoint', 'look at the way to HQ and at the enrolment: posdiag check --only endpoint') } : {}),
    },
    hq
      ? {
          check: 'delivery', ok: deliveredAt !== undefined && !stuck,
          detail: deliveredAt === undefined ? both('还没有报告送达总部', 'no report has reached HQ yet') : both(`最近一次送达：${new Date(deliveredAt).toISOString()}`, `last delivery: ${new Date(deliveredAt).toISOString()}`),
        }
      : { check: 'delivery', ok: undefined, detail: both('没有配置总部，报告只留在本机', 'no HQ is configured; reports stay here') },
  ]
}

const storeItems = (options: HealthOptions): HealthItem[] => {
  const path = join(options.stateDir, STORE_FILE)
  if (!existsSync(path)) return [{ check: 'store', ok: undefined, detail: both('还没有存储文件', 'there is no store yet') }]
  let db: Database | undefined
  try {
    db = openDatabase(path, { waitMs: 1_000, readOnly: true })
    const opened = db
    const damage = String(opened.get('PRAGMA quick_check(1)')?.quick_check)
    const meta = (key: string): string | undefined => {
      const value = opened.get('SELECT value FROM meta WHERE key = ?', key)?.value
      return typeof value === 'string' ? value : undefined
    }
    const deliveredAt = meta('deliveredAt')
    return [
      { check: 'store', ok: damage === 'ok', detail: damage === 'ok' ? both(`存储正常，已编号到 ${meta('sequence') ?? '0'}`, `the store is sound; numbers given up to ${meta('sequence') ?? '0'}`) : both(`存储损坏：${damage}`, `the store is damaged: ${damage}`) },
      ...spoolItems(spoolOf({ db: opened, meta }), deliveredAt === undefined ? undefined : Number(deliveredAt), options),
    ]
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    return [{ check: 'store', ok: false, detail: both(`不能读取存储：${error.message}`, `the store cannot be read: ${error.message}`), remedy: both('用运行守护程序的用户执行；损坏的文件会在守护程序启动时移开', 'run this as the user that runs the agent; a damaged file is put aside when the agent starts') }]
  } finally {
    db?.close()
  }
}

const clockItem = ({ now }: HealthOptions): HealthItem => {
  if (now < EARLIEST_DATE) {
    return { check: 'clock', ok: false, detail: both(`系统时间是 ${new Date(now).toISOString()}，显然没有设置`, `the clock says ${new Date(now).toISOString()}; it was never set`), remedy: both('检查主板电池，打开网络校时', 'look at the battery of the mainboard and turn time synchronisation on') }
  }
  const told = existsSync('/run/systemd/timesync/synchronized')
  return told
    ? { check: 'clock', ok: true, detail: both('系统时间已经校准', 'a time service keeps the clock right') }
    : { check: 'clock', ok: undefined, detail: both('不能确定系统时间是否校准', 'whether a time service keeps the clock right cannot be told') }
}

const portItems = ({ terminal }: HealthOptions): HealthItem[] =>
  terminal.devices.flatMap(({ id, transport }): HealthItem[] => {
    if ((transport.type !== 'serial' && transport.type !== 'usblp') || !existsSync(transport.path)) return []
    try {
      accessSync(transport.path, constants.R_OK | constants.W_OK)
      return [{ check: `port ${id}`, ok: true, detail: both(`${transport.path} 可以打开`, `${transport.path} may be opened`) }]
    } catch {
      const group = transport.type === 'usblp' ? 'lp' : 'dialout'
      return [{ check: `port ${id}`, ok: false, detail: both(`没有权限打开 ${transport.path}`, `${transport.path} may not be opened`), remedy: both(`把运行守护程序的用户加入 ${group} 组`, `add the user that runs the agent to the group ${group}`) }]
    }
  })

const LIBRARIES: readonly { name: string; load: () => Promise<unknown>; without: Text; remedy: Text }[] = [
  { name: 'serialport', load: () => import('serialport'), without: both('串口设备不能检查', 'devices on serial ports cannot be looked at'), remedy: both('重新安装 posdiag（需要 glibc 2.28 以上）', 'install posdiag again (it needs glibc 2.28 or later)') },
  { name: 'node-hid', load: () => import('node-hid'), without: both('USB HID 设备不能检查', 'USB HID devices cannot be looked at'), remedy: both('apt install libusb-1.0-0 libudev1', 'apt install libusb-1.0-0 libudev1') },
]

const PROGRAMS: readonly { name: string; package: string; without: Text }[] = [
  { name: 'ping', package: 'iputils-ping', without: both('不能测量网关的丢包和延迟', 'loss and delay to the gateway cannot be measured') },
  { name: 'udevadm', package: 'udev', without: both('不能列出串口的型号', 'the makes of serial ports cannot be listed') },
  { name: 'systemd-notify', package: 'systemd', without: both('不能向 systemd 报告就绪', 'systemd cannot be told that the agent is ready') },
]

const libraryItem = async ({ name, load, without, remedy }: (typeof LIBRARIES)[number]): Promise<HealthItem> => {
  try {
    await load()
    return { check: `library ${name}`, ok: true, detail: both('可用', 'there') }
  } catch (error) {
    return { check: `library ${name}`, ok: false, detail: both(`${without.zh}（${errorText(error)}）`, `${without.en} (${errorText(error)})`), remedy }
  }
}

const onPath = (name: string, env: HealthOptions['env']): boolean => (env.PATH ?? '').split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, name)))

const programItem = ({ name, package: from, without }: (typeof PROGRAMS)[number], env: HealthOptions['env']): HealthItem =>
  onPath(name, env)
    ? { check: `program ${name}`, ok: true, detail: both('可用', 'there') }
    : { check: `program ${name}`, ok: false, detail: without, remedy: both(`apt install ${from}`, `apt install ${from}`) }

const enrolmentItem = ({ stateDir, hq }: HealthOptions): HealthItem[] => {
  if (!hq) return []
  const path = join(stateDir, 'hq.json')
  try {
    readFileSync(path)
    const open = (statSync(path).mode & 0o077) !== 0
    return [open
      ? { check: 'enrolment', ok: false, detail: both('终端令牌可被其他用户读取', 'other users can read this terminal’s token'), remedy: both(`chmod 600 ${path}，并在总部更换令牌`, `chmod 600 ${path}, and have HQ renew the token`) }
      : { check: 'enrolment', ok: true, detail: both('终端已在总部注册', 'this terminal is enrolled at HQ') }]
  } catch {
    return [{ check: 'enrolment', ok: false, detail: both('终端没有注册，或令牌不可读', 'this terminal is not enrolled, or its token cannot be read from here'), remedy: both('在总部生成一次性令牌，写入配置', 'make a one-time token at HQ and give it to the agent') }]
  }
}

const packItem = ({ stateDir }: HealthOptions): HealthItem => {
  const read = packIn(stateDir)
  if (read === undefined) return { check: 'knowledge-pack', ok: undefined, detail: both('没有知识包，按内置故障目录判断', 'no knowledge pack; the built-in catalogue stands') }
  if ('unbelieved' in read) {
    return {
      check: 'knowledge-pack', ok: false, detail: both(`知识包不可信，按内置故障目录判断：${read.unbelieved}`, `the knowledge pack is not believed, and the built-in catalogue stands: ${read.unbelieved}`),
      remedy: both(`删除 ${join(stateDir, PACK_FILE)} 后重启守护程序，会重新向总部取`, `delete ${join(stateDir, PACK_FILE)} and restart the agent; it fetches the one on offer from HQ`),
    }
  }
  const { sequence, issuedAt, remedies, symptoms } = read.pack
  const day = new Date(issuedAt).toISOString().slice(0, 10)
  return { check: 'knowledge-pack', ok: true, detail: both(`按第 ${sequence} 号知识包判断（${day} 制，修复步骤计数 ${remedies.length} 项，症状计数 ${symptoms.length} 项）`, `number ${sequence} of ${day}: counts of ${remedies.length} remedies and ${symptoms.length} symptoms`) }
}

/** The agent's own health, item by item; works with and without a running agent, and changes nothing. */
export const health = async (options: HealthOptions): Promise<HealthItem[]> => {
  const alive = canary()
  return [
    agentItem(options),
    folderItem(options),
    ...storeItems(options),
    ...enrolmentItem(options),
    {
      check: 'card-data-filter', ok: alive, detail: alive ? both('卡号过滤器工作正常', 'the card-data filter is alive') : both('卡号过滤器没有拦住测试卡号', 'the card-data filter let its test number through'),
      ...(alive ? {} : { remedy: both('停用守护程序并重新安装', 'stop the agent and install it again') }),
    },
    packItem(options),
    clockItem(options),
    ...portItems(options),
    ...(await Promise.all(LIBRARIES.map(libraryItem))),
    ...PROGRAMS.map((program) => programItem(program, options.env)),
  ]
}
