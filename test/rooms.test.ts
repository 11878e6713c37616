import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

const GROUND = ['model', 'guard', 'texts']

/** What each room may import besides itself: the ground floor for all, and what is listed here. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  model: [],
  guard: ['model', 'texts'],
  texts: ['model', 'guard'],
  bench: GROUND,
  probes: GROUND,
  faults: GROUND,
  check: GROUND,
  journal: GROUND,
  hq: GROUND,
  // Stand-ins answer with the same player that replays answer with.
  fixtures: [...GROUND, 'bench'],
  agent: [...GROUND, 'check', 'journal'],
  // A fleet says what agents would say, with their own words and client.
  fleet: [...GROUND, 'check', 'agent'],
  cli: [...GROUND, 'bench', 'probes', 'faults', 'check', 'journal', 'hq', 'fixtures', 'agent', 'fleet'],
}

/** Folders that say nothing of what is in them. */
const NAMELESS = /^(utils?|helpers?|common|lib|misc)(\.[a-z]+)?$/

const QUESTION = 300
const DEFECT = 500

/** Files past 300 lines, each with the reason why it is better left whole. */
const WHOLE: Readonly<Record<string, string>> = {}

/** Probe files that read files of this package, which are no part of the terminal. */
const OWN_DATA: Readonly<Record<string, string>> = { 'probes/profiles.ts': 'reads the profiles' }

const SKIPPED = new Set(['node_modules', 'dist', 'coverage'])

const walk = (folder: string): { path: string; isFolder: boolean }[] =>
  readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith('.') && !SKIPPED.has(entry.name))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      return entry.isDirectory() ? [{ path, isFolder: true }, ...walk(path)] : [{ path, isFolder: false }]
    })

const CODE = /\.(ts|tsx|js|mjs)$/
const textOf = (file: string): string => readFileSync(join(root, file), 'utf8')

const found = walk('.')
const folders = found.filter(({ isFolder }) => isFolder).map(({ path }) => path)
const files = found.filter(({ isFolder }) => !isFolder).map(({ path }) => path)
const code = files.filter((file) => CODE.test(file) && /^(src|probes|fixtures)\//.test(file))

/** The room that a path of the repository lies in; undefined outside of all rooms. */
const roomOf = (file: string): string | undefined => {
  const [top, second, third] = file.split('/')
  if (top === 'src' && third !== undefined) return second
  return top === 'probes' || top === 'fixtures' ? top : undefined
}

/** Module names that a source text imports, re-exports or loads, types included. */
const importsOf = (text: string): string[] =>
  [
    /^[ \t]*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm,
    /^[ \t]*import\s*['"]([^'"]+)['"]/gm,
    /\b(?:import|require)\(\s*['"]([^'"]+)['"]/g,
  ].flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[1] ?? ''))

/** The same without what is erased before the program runs: type imports, and `import('x')` where it stands for a type. */
const loadsOf = (text: string): string[] =>
  importsOf(text.replaceAll(/^[ \t]*(?:import|export)\s+type\b[^'"`;]*?\bfrom\s*['"][^'"]+['"]/gm, '').replaceAll(/\btypeof import\([^)]*\)|\bimport\([^)]*\)\.(?!then\b|catch\b)/g, ''))

/** Imports of a file that its room may not make, as `file -> module`. */
const strays = (file: string, text: string): string[] => {
  const room = roomOf(file)
  const allowed = room === undefined ? undefined : MAY[room]
  if (room === undefined || allowed === undefined) return [`${file} is in no room`]
  return importsOf(text).filter((module) => {
    if (!module.startsWith('.')) return room === 'model' && module !== 'zod'
    const target = roomOf(relative(root, resolve(root, dirname(file), module)))
    // Outside of all rooms lie the package's own files, as package.json.
    return target !== undefined && target !== room && !allowed.includes(target)
  }).map((module) => `${file} -> ${module}`)
}

describe('rooms', () => {
  it('are those of the design, and code lies in one of them', () => {
    const rooms = folders.filter((folder) => /^src\/[^/]+$/.test(folder)).map((folder) => basename(folder))
    expect(rooms.filter((room) => !(room in MAY))).toEqual([])
  })

  it('import the ground floor, and otherwise only what they may', () => {
    expect(code.length).toBeGreaterThan(50)
    expect(code.flatMap((file) => strays(file, textOf(file)))).toEqual([])
  })

  it('have names that say what is in them', () => {
    expect([...folders, ...code].filter((path) => NAMELESS.test(basename(path)))).toEqual([])
  })

  it('leave node:http and node:https to HQ; everyone else takes them from process.getBuiltinModule, which does not load undici', () => {
    const loads = code.filter((file) => roomOf(file) !== 'hq').flatMap((file) => loadsOf(textOf(file)).filter((module) => /^(node:)?https?$/.test(module)).map((module) => `${file} -> ${module}`))
    expect(loads).toEqual([])
  })

  it('touch the world only through the bench, where they are probes', () => {
    const past = code.filter((file) => roomOf(file) === 'probes' && !(file in OWN_DATA)).flatMap((file) => {
      const text = textOf(file).replaceAll("import { isIP } from 'node:net'", '')
      return importsOf(text).filter((module) => !module.startsWith('.') && module !== 'zod' && module !== 'node:crypto').map((module) => `${file} -> ${module}`)
    })
    expect(past).toEqual([])
  })

  it('inherit from nothing but Error', () => {
    const heirs = code.flatMap((file) => [...textOf(file).matchAll(/\bclass\s+\w*\s*extends\s+([\w.]+)/g)].filter((match) => match[1] !== 'Error').map((match) => `${file}: ${match[0]}`))
    expect(heirs).toEqual([])
  })

  it('have no file that is too long to be read in one go', () => {
    const lengths = files.filter((file) => CODE.test(file)).map((file) => ({ file, lines: textOf(file).split('\n').length - 1 }))
    expect(lengths.filter(({ lines }) => lines > DEFECT)).toEqual([])
    expect(lengths.filter(({ file, lines }) => lines > QUESTION && !(file in WHOLE))).toEqual([])
    expect(Object.keys(WHOLE).filter((file) => !lengths.some((l) => l.file === file && l.lines > QUESTION))).toEqual([])
  })
})

describe('the import rule', () => {
  it('sees every way of importing', () => {
    const text = `import a from './a.ts'\nimport type { B } from "./b.ts"\nimport {\n  c,\n} from './c.ts'\nexport * from './d.ts'\nimport './e.ts'\nconst f = await import('./f.ts')\nconst g: import('./g.ts').G = 1\n// import z from './z.ts'\n`
    expect(importsOf(text).sort()).toEqual(['./a.ts', './b.ts', './c.ts', './d.ts', './e.ts', './f.ts', './g.ts'])
  })

  it('tells what is loaded from what is only a type', () => {
    const text = `import type { A } from 'a'\nconst b: typeof import('b') = process.getBuiltinModule('b')\nconst c = (x: import('c').C) => x\nimport { d } from 'd'\nawait import('e')\nimport('f').then(g)\n`
    expect(loadsOf(text).sort()).toEqual(['d', 'e', 'f'])
  })

  it.each([
    ['probes/host/probe.ts', '../../src/bench/real.ts', false],
    ['probes/host/probe.ts', '../../src/model/probe.ts', true],
    ['probes/host/probe.ts', '../hwmon.ts', true],
    ['src/model/check.ts', '../guard/mask.ts', false],
    ['src/model/check.ts', 'node:fs', false],
    ['src/model/check.ts', 'zod', true],
    ['src/hq/server.ts', '../check/run.ts', false],
    ['src/agent/daemon.ts', '../check/run.ts', true],
    ['src/agent/daemon.ts', '../bench/real.ts', false],
    ['src/cli/check.ts', '../../probes/index.ts', true],
    ['fixtures/standins/port.ts', '../../src/check/run.ts', false],
  ])('%s may import %s: %s', (file, module, allowed) => {
    expect(strays(file, `import x from '${module}'\n`).length === 0).toBe(allowed)
  })
})
