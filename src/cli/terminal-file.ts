import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod'
import { loadProfiles, withProfile } from '../../probes/profiles.ts'
import { TerminalFile } from '../model/terminal.ts'
import type { Text } from '../model/text.ts'
import { fill } from '../texts/say.ts'
import { TEXTS } from '../texts/texts.ts'
import { EXIT, Failure } from './failure.ts'
import { PACKAGE_ROOT } from './package.ts'

/** Where a terminal file is looked for when none is named, first match wins. */
export const terminalFilePlaces = (env: NodeJS.ProcessEnv): string[] => [
  ...(env.POSDIAG_TERMINAL ? [env.POSDIAG_TERMINAL] : []),
  '/etc/posdiag/terminal.yaml',
  join(env.XDG_CONFIG_HOME ?? join(env.HOME ?? '/', '.config'), 'posdiag', 'terminal.yaml'),
]

const badConfig = (place: string, zh: string, en: string): Failure => {
  const text: Text = {
    zh: `${fill(TEXTS['config.bad'], 'zh-CN', { place, problem: zh })}\n${TEXTS['config.remedy'].zh}`,
    en: `${fill(TEXTS['config.bad'], 'en', { place, problem: en })}\n${TEXTS['config.remedy'].en}`,
  }
  return new Failure(EXIT.config, text)
}

const issuesIn = (error: z.ZodError, locale: Parameters<typeof z.config>[0]): string => {
  const issues = error.issues.map((issue) => locale?.localeError?.(issue as never))
  return issues.map((message) => (typeof message === 'string' ? message : (message?.message ?? ''))).join('; ')
}

/** Reads a terminal file's text. Throws a Failure (exit 78) that names file, line, column and path of the first mistake. */
export const parseTerminalFile = async (text: string, place: string): Promise<TerminalFile> => {
  const { LineCounter, parseDocument } = await import('yaml')
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset)
    return `${place}:${line}:${col}`
  }
  const [broken] = document.errors
  if (broken) throw badConfig(at(broken.pos[0]), `YAML 格式错误：${broken.message}`, `not valid YAML: ${broken.message}`)
  const parsed = TerminalFile.safeParse(document.toJS() ?? {}, { reportInput: true })
  if (parsed.success) return checked(parsed.data, place)
  const [issue] = parsed.error.issues
  const path = issue?.path ?? []
  const node = path.length > 0 ? document.getIn(path, true) : document.contents
  const range = (node as { range?: [number, number, number] } | undefined)?.range
  const where = path.length > 0 ? `${path.join('.')}: ` : ''
  throw badConfig(range ? at(range[0]) : place, where + issuesIn(parsed.error, z.locales.zhCN()), where + issuesIn(parsed.error, z.locales.en()))
}

const checked = (file: TerminalFile, place: string): TerminalFile => {
  const ids = [...file.devices, ...file.endpoints].map((d) => d.id)
  const twice = ids.find((id, i) => ids.indexOf(id) !== i)
  if (twice) throw badConfig(place, `设备编号 ${twice} 重复`, `the id ${twice} is used twice`)
  const known = new Set([...ids, 'host', 'mains', 'link-1', 'environment', 'configuration'])
  const needed = [...file.devices.flatMap((d) => d.dependsOn), ...(file.pos?.holds ?? []), ...Object.values(file.tenders ?? {}).flatMap((t) => [...t.uses, ...t.wants])]
  const lost = needed.find((id) => !known.has(id))
  if (lost) throw badConfig(place, `提到了设备 ${lost}，但没有定义它`, `it mentions ${lost}, which is not defined`)
  return file
}

/** The terminal that is assumed where nobody described one: this host, its power and its network. */
export const bareTerminal = (): TerminalFile =>
  TerminalFile.parse({ terminal: { id: hostname().replaceAll(/[^A-Za-z0-9._-]/g, '-').slice(0, 64).replace(/^[^A-Za-z0-9]+/, '') || 'terminal' } })

/** Completes devices with what their model's profile knows; without a profile named nothing is read. */
const completed = async (file: TerminalFile, place: string): Promise<TerminalFile> => {
  if (file.devices.every((d) => d.profile === undefined)) return file
  const profiles = await loadProfiles(PACKAGE_ROOT)
  try {
    return { ...file, devices: file.devices.map((d) => withProfile(d, profiles)) }
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    throw badConfig(place, problem, problem)
  }
}

const readIfThere = async (place: string): Promise<string | undefined> => {
  try {
    return await readFile(place, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new Failure(EXIT.config, { zh: fill(TEXTS['config.unreadable'], 'zh-CN', { place, problem: message }), en: fill(TEXTS['config.unreadable'], 'en', { place, problem: message }) })
  }
}

/**
 * The terminal file that is named, or the first one found, or the bare terminal (then `place` is undefined).
 * Throws a Failure with exit 78 if the named file is missing or any file found is wrong.
 */
export const loadTerminal = async (named: string | undefined, env: NodeJS.ProcessEnv): Promise<{ terminal: TerminalFile; place: string | undefined }> => {
  for (const place of named === undefined ? terminalFilePlaces(env) : [named]) {
    const text = await readIfThere(place)
    if (text !== undefined) return { terminal: await completed(await parseTerminalFile(text, place), place), place }
  }
  if (named === undefined) return { terminal: bareTerminal(), place: undefined }
  throw new Failure(EXIT.config, { zh: fill(TEXTS['config.missing'], 'zh-CN', { place: named }), en: fill(TEXTS['config.missing'], 'en', { place: named }) })
}
