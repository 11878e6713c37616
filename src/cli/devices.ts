import { loadProfiles } from '../../probes/profiles.ts'
import { realBench } from '../bench/real.ts'
import { say } from '../texts/say.ts'
import { table } from './columns.ts'
import type { Context } from './context.ts'
import { type Discovery, discover } from './discover.ts'
import { EXIT } from './failure.ts'
import { hostInventory } from './inventory.ts'
import { PACKAGE_ROOT } from './package.ts'

/** Longest time that the search for devices may take, in milliseconds. */
const SEARCH_MS = 8_000

/** Searches this host, with a deadline. */
export const search = async (): Promise<Discovery> => {
  const deadline = AbortSignal.timeout(SEARCH_MS)
  const lease = realBench({ paths: { proc: '/proc', sys: '/sys' } })({ id: 'search', kind: 'host' }, deadline)
  try {
    return await discover(lease.bench, await loadProfiles(PACKAGE_ROOT))
  } finally {
    await lease.release()
  }
}

/** posdiag devices: what is attached, which marks matched which profile, and where could not be looked. */
export const devicesCommand = async (options: { json?: boolean }, context: Context): Promise<number> => {
  const [{ found, unsearched }, host] = await Promise.all([search(), hostInventory()])
  if (options.json) {
    context.out(JSON.stringify({ host, found, unsearched }, null, 2))
    return EXIT.ready
  }
  const zh = context.language === 'zh-CN'
  const place = (f: Discovery['found'][number]): string => {
    const t = f.transport
    if (t.type === 'serial' || t.type === 'usblp') return t.path
    return t.type === 'hid' || t.type === 'usb' ? `USB ${t.vendorId}:${t.productId ?? '*'}` : t.type === 'nut' ? `NUT ${t.ups}` : t.type
  }
  context.out(`${say(context.language, 'kind.host')}: ${Object.values(host).join(' · ') || '?'}`)
  const rows = found.map((f) => [
    f.kind ? say(context.language, `kind.${f.kind}`) : '?',
    place(f),
    f.profiles.slice(0, 2).map((p) => `${p.id} (${p.score.toFixed(1)})`).join(', ') || '-',
    `${f.says} ${f.marks.map((m) => `${m.by}=${m.value}`).join(' ')}`.trim(),
  ])
  context.out(rows.length === 0 ? (zh ? '没有找到外接设备' : 'no attached device found') : table([zh ? ['种类', '位置', '像什么型号', '依据'] : ['kind', 'place', 'looks like', 'marks'], ...rows]).join('\n'))
  for (const u of unsearched) context.err(zh ? `${u.place} 查不了：${u.why}` : `${u.place} could not be searched: ${u.why}`)
  return EXIT.ready
}
