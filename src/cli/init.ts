import { mkdir, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { stringify } from 'yaml'
import type { DeviceKind } from '../model/device.ts'
import { TerminalFile } from '../model/terminal.ts'
import type { Context } from './context.ts'
import { search } from './devices.ts'
import type { Found } from './discover.ts'
import { EXIT, Failure } from './failure.ts'
import { hostInventory } from './inventory.ts'
import { bareTerminal, terminalFilePlaces } from './terminal-file.ts'

const HEADER = `# posdiag 终端配置 / terminal file. 格式 / format: posdiag schema terminal
# 只列出真正装在这台终端上的设备；没装的不要写。
# List only what is fitted to this terminal.
`

interface InitOptions {
  terminal?: string
  id?: string
  store?: string
  acquirer?: string
  force?: boolean
}

/** Score from which on a profile that no other comes near is written into the terminal file. */
const SURE = 0.5

const devicesOf = (found: readonly Found[]): TerminalFile['devices'] => {
  const counts = new Map<DeviceKind, number>()
  return found.flatMap((f) => {
    if (!f.kind) return []
    const count = (counts.get(f.kind) ?? 0) + 1
    counts.set(f.kind, count)
    const [profile, next] = f.profiles
    // A profile says what a model may be asked: a wrong one is worse than none.
    const sure = profile !== undefined && profile.score >= SURE && profile.score > 2 * (next?.score ?? 0)
    return [{ id: `${f.kind === 'power' ? 'ups' : f.kind}-${count}`, kind: f.kind, transport: f.transport, dependsOn: [], settings: {}, ...(sure ? { profile: profile.id } : {}) }]
  })
}

const endpointsOf = (acquirer: string | undefined): TerminalFile['endpoints'] => {
  if (!acquirer) return []
  const match = /^\[?([^\]]+?)\]?(?::(\d+))?$/.exec(acquirer)
  return [{ id: 'acquirer-1', role: 'acquirer', host: match?.[1] ?? acquirer, port: Number(match?.[2] ?? 443), tls: true }]
}

/** posdiag init: finds the devices and writes the terminal file. Throws a Failure (73) if there is one and --force is not given. */
export const initCommand = async (options: InitOptions, context: Context): Promise<number> => {
  const place = options.terminal ?? terminalFilePlaces(process.env).at(-1) ?? 'terminal.yaml'
  const there = await stat(place).then(() => true, () => false)
  if (there && !options.force) throw new Failure(EXIT.cannotCreate, { zh: `${place} 已经存在；加 --force 覆盖`, en: `${place} is already there; --force overwrites it` })
  const [{ found, unsearched }, host] = await Promise.all([search(), hostInventory()])
  const file = TerminalFile.parse({
    terminal: {
      id: options.id ?? bareTerminal().terminal.id,
      ...(options.store ? { store: options.store } : {}),
      ...(host.model ? { model: host.model } : {}),
      ...(host.serial ? { serial: host.serial } : {}),
    },
    devices: devicesOf(found),
    endpoints: endpointsOf(options.acquirer),
  })
  const unsure = found.filter((f) => !f.kind).map((f) => `# ? ${JSON.stringify(f.transport)} ${f.says}\n`)
  try {
    await mkdir(dirname(place), { recursive: true })
    await writeFile(place, HEADER + unsure.join('') + stringify(file))
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    throw new Failure(EXIT.cannotCreate, { zh: `不能写 ${place}：${problem}`, en: `cannot write ${place}: ${problem}` })
  }
  const zh = context.language === 'zh-CN'
  context.out(zh ? `已写入 ${place}：${file.devices.length} 个设备` : `wrote ${place}: ${file.devices.length} devices`)
  for (const u of unsearched) context.err(zh ? `${u.place} 查不了：${u.why}` : `${u.place} could not be searched: ${u.why}`)
  context.err(zh ? '请打开文件核对设备、收单主机和 POS 程序名，再运行 posdiag check' : 'Open it, check the devices, the acquirer and the POS process, then run posdiag check')
  return EXIT.ready
}
