import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type * as z from 'zod'
import { loadProfiles, withProfile } from '../../probes/profiles.ts'
import { TerminalFile } from '../model/terminal.ts'
import type { Text } from '../model/text.ts'
import { fill } from '../texts/say.ts'
import { TEXTS } from '../texts/texts.ts'
import { EXIT, Failure } from './failure.ts'
import { mistakesIn } from './issues.ts'
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

type Path = readonly PropertyKey[]

/** A terminal file that was read, and where each part of it stands: `place:line:column` of the part itself or of the nearest one around it. */
interface ReadFile {
  file: TerminalFile
  at(path: Path): string
}

const DEVICES = ['host', 'mains', 'link-1', 'environment', 'configuration']

/** Mentions of devices in a terminal file, by where they stand. */
const mentions = (file: TerminalFile): { path: Path; id: string }[] => {
  const list = (path: Path, ids: readonly string[]) => ids.map((id, i) => ({ path: [...path, i], id }))
  return [
    ...file.devices.flatMap((d, i) => list(['devices', i, 'dependsOn'], d.dependsOn)),
    ...list(['pos', 'holds'], file.pos?.holds ?? []),
    ...Object.entries(file.tenders ?? {}).flatMap(([tender, needs]) => [...list(['tenders', tender, 'uses'], needs.uses), ...list(['tenders', tender, 'wants'], needs.wants)]),
  ]
}

/** Reads a terminal file's text. Throws a Failure (exit 78) that names file, line, column and path of the first mistake. */
const parseTerminalFile = async (text: string, place: string): Promise<ReadFile> => {
  const { isMap, isNode, isScalar, LineCounter, parseDocument } = await import('yaml')
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const spot = (offset: number): string => {
    const { line, col } = lines.linePos(offset)
    return `${place}:${line}:${col}`
  }
  const nodeAt = (path: Path): unknown => (path.length === 0 ? document.contents : document.getIn(path, true))
  const at = (path: Path): string => {
    const [node] = Array.from({ length: path.length + 1 }, (_, up) => nodeAt(path.slice(0, path.length - up))).filter(isNode)
    return node?.range ? spot(node.range[0]) : place
  }
  const ofIssue = (issue: z.core.$ZodIssue | undefined): string => {
    const around = nodeAt(issue?.path ?? [])
    const stranger = issue?.code === 'unrecognized_keys' && isMap(around) ? around.items.map(({ key }) => key).find((key) => isScalar(key) && key.value === issue.keys[0]) : undefined
    return isNode(stranger) && stranger.range ? spot(stranger.range[0]) : at(issue?.path ?? [])
  }
  const [broken] = document.errors
  if (broken) throw badConfig(spot(broken.pos[0]), `YAML 格式错误：${broken.message}`, `not valid YAML: ${broken.message}`)
  let given: unknown
  try {
    given = document.toJS() ?? {}
  } catch (error) {
    // References without an anchor, or so many that the file would be blown up.
    const problem = error instanceof Error ? error.message : String(error)
    throw badConfig(place, `YAML 引用错误：${problem}`, `not valid YAML: ${problem}`)
  }
  const parsed = TerminalFile.safeParse(given, { reportInput: true })
  if (!parsed.success) {
    const { first, told } = mistakesIn(parsed.error)
    throw badConfig(ofIssue(first), told.zh, told.en)
  }
  const file = parsed.data
  const named = [...file.devices.map(({ id }, i) => ({ id, path: ['devices', i, 'id'] })), ...file.endpoints.map(({ id }, i) => ({ id, path: ['endpoints', i, 'id'] })), ...file.nodes.map(({ id }, i) => ({ id, path: ['nodes', i, 'id'] }))]
  const twice = named.find(({ id }, i) => named.findIndex((other) => other.id === id) !== i)
  if (twice) throw badConfig(at(twice.path), `设备编号 ${twice.id} 重复`, `the id ${twice.id} is used twice`)
  const known = new Set([...named.map(({ id }) => id), ...DEVICES])
  const lost = mentions(file).find(({ id }) => !known.has(id))
  if (lost) throw badConfig(at(lost.path), `提到了设备 ${lost.id}，但没有定义它`, `it mentions ${lost.id}, which is not defined`)
  return { file, at }
}

/** The terminal that is assumed where nobody described one: this host, its power and its network. */
export const bareTerminal = (): TerminalFile =>
  TerminalFile.parse({ terminal: { id: hostname().replaceAll(/[^A-Za-z0-9._-]/g, '-').slice(0, 64).replace(/^[^A-Za-z0-9]+/, '') || 'terminal' } })

/** Completes devices with what their model's profile knows; without a profile named nothing is read. */
const completed = async ({ file, at }: ReadFile): Promise<TerminalFile> => {
  if (file.devices.every((d) => d.profile === undefined)) return file
  const profiles = await loadProfiles(PACKAGE_ROOT)
  file.devices.forEach(({ kind, profile }, i) => {
    const ofKind = profiles.filter((p) => p.kind === kind).map(({ id }) => id)
    if (profile === undefined || ofKind.includes(profile)) return
    const list = ofKind.join(', ') || '-'
    throw badConfig(at(['devices', i, 'profile']), `没有名为 ${profile} 的型号；${kind} 可用：${list}`, `there is no profile ${profile}; known for ${kind}: ${list}`)
  })
  return { ...file, devices: file.devices.map((d) => withProfile(d, profiles)) }
}

/** Reads the acquirer's own tables of response codes that a terminal file names. */
const useCodesOf = async ({ file, at }: ReadFile, place: string): Promise<void> => {
  if (file.money.codes.length === 0) return
  const { CodeProfile, useCodes } = await import('../journal/codes.ts')
  const bad = (i: number, zh: string, en: string) => badConfig(at(['money', 'codes', i]), zh, en)
  useCodes(await Promise.all(file.money.codes.map(async (name, i) => {
    const path = resolve(dirname(place), name)
    const text = await readIfThere(path)
    if (text === undefined) throw bad(i, `没有应答码表 ${path}`, `there is no table of codes ${path}`)
    const { parse } = await import('yaml')
    let given: unknown
    try {
      given = parse(text)
    } catch (error) {
      const problem = error instanceof Error ? error.message.split('\n')[0] : String(error)
      throw bad(i, `应答码表 ${path} 不是 JSON 或 YAML：${problem}`, `the table of codes ${path} is neither JSON nor YAML: ${problem}`)
    }
    const parsed = CodeProfile.safeParse(given, { reportInput: true })
    if (parsed.success) return parsed.data
    const { told } = mistakesIn(parsed.error)
    throw bad(i, `应答码表 ${path}：${told.zh}（格式见 posdiag schema codes）`, `the table of codes ${path}: ${told.en} (posdiag schema codes prints the format)`)
  })))
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
 * The terminal file that is named, whose tables of response codes are used from then on, or the first one found, or the bare terminal (then `place` is undefined).
 * Throws a Failure with exit 78 if the named file is missing or any file found is wrong.
 */
export const loadTerminal = async (named: string | undefined, env: NodeJS.ProcessEnv): Promise<{ terminal: TerminalFile; place: string | undefined }> => {
  for (const place of named === undefined ? terminalFilePlaces(env) : [named]) {
    const text = await readIfThere(place)
    if (text !== undefined) {
      const read = await parseTerminalFile(text, place)
      await useCodesOf(read, place)
      return { terminal: await completed(read), place }
    }
  }
  if (named === undefined) return { terminal: bareTerminal(), place: undefined }
  throw new Failure(EXIT.config, { zh: fill(TEXTS['config.missing'], 'zh-CN', { place: named }), en: fill(TEXTS['config.missing'], 'en', { place: named }) })
}
