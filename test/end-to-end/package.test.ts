import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, relative } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { startShop } from '../../fixtures/standins/shop.ts'
import { startThread } from '../../src/hq/reading/thread.ts'
import { Report } from '../../src/model/report.ts'
import { eventOf, makeReport } from '../hq/reports.ts'
import { found, POSDIAG, ROOT } from './till.ts'

const run = promisify(execFile)

/** Not part of what is packed, or made anew by packing. */
const LEFT = new Set(['node_modules', 'dist', '.git', 'coverage'])

/** The environment of somebody who types npm by hand: without what npx told its children, but with the settings for the registry. */
const byHand: NodeJS.ProcessEnv = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name) || /^npm_config_(registry|cache|userconfig|globalconfig|cafile|ca|proxy|https_proxy|noproxy|strict_ssl)$/i.test(name))),
  PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH ?? ''}`,
  LANG: 'C',
}

let folder: string
let packed: string[]
let unpackedBytes = 0
let command: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'posdiag-package-'))
  const copy = join(folder, 'checkout')
  await cp(ROOT, copy, { recursive: true, filter: (source) => !LEFT.has(basename(source)) || relative(ROOT, source).includes('/') })
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: copy, env: byHand, maxBuffer: 16 << 20 })
  const listed: { filename: string; unpackedSize: number; files: { path: string }[] }[] | Record<string, { filename: string; unpackedSize: number; files: { path: string }[] }> = JSON.parse(stdout)
  const [tarball] = Object.values(listed)
  if (tarball === undefined) throw new Error(`npm pack made nothing: ${stdout}`)
  packed = tarball.files.map(({ path }) => path)
  unpackedBytes = tarball.unpackedSize
  const shopFolder = join(folder, 'elsewhere')
  await mkdir(shopFolder)
  await writeFile(join(shopFolder, 'package.json'), '{"private":true}')
  await run('npm', ['install', '--prefix', shopFolder, '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', join(folder, tarball.filename)], { cwd: shopFolder, env: byHand, maxBuffer: 16 << 20 })
  command = join(shopFolder, 'node_modules/.bin/posdiag')
}, 300_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

interface Ran {
  code: number
  out: string
  err: string
}

/** Runs the installed command in a folder that has nothing to do with it. */
const installed = (args: readonly string[], node = process.execPath): Promise<Ran> =>
  new Promise((resolve) => {
    execFile(node, [command, ...args], { cwd: folder, env: { ...byHand, PATH: process.env.PATH }, timeout: 50_000, maxBuffer: 16 << 20 }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), out, err })
    })
  })

it('holds what is needed at run time, and nothing else', async () => {
  const sources = await readdir(join(ROOT, 'probes'), { recursive: true })
  const profiles = sources.filter((name) => /\/profiles\/[^/]+\.json$/.test(name)).map((name) => `probes/${name}`)
  const packaging = (await readdir(join(ROOT, 'packaging'))).map((name) => `packaging/${name}`)
  const readme = ['README.md', 'README.zh-CN.md'].filter((name) => existsSync(join(ROOT, name)))
  expect(profiles.length).toBeGreaterThan(5)
  expect(packed).toEqual(expect.arrayContaining([
    'package.json', 'LICENSE', 'CHANGELOG.md', ...readme, 'src/cli/posdiag.js', 'dist/posdiag.js', 'dist/check-child.js', 'dist/reading-thread.js', 'dist/page/index.html',
    ...profiles, ...packaging, 'fixtures/terminals/full-shop.yaml', 'fixtures/scenarios/healthy-full-shop.yaml', 'fixtures/tls/valid.pem', 'fixtures/tls/valid.key', 'fixtures/dialogues/printer/healthy-tm-t88vi.txt',
  ]))
  expect(packed.filter((path) => /\.tsx?$|^(test|bench|docs|\.ci)\/|^src\/(?!cli\/posdiag\.js$)|^fixtures\/(scenarios\/drawn-|standins\/)|\.map$|(tsconfig|biome|knip|vitest|build\.config)/.test(path))).toEqual([])
  expect(unpackedBytes).toBeLessThan(8 << 20)
})

it('says its version, explains a fault, prints its schemas', async () => {
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))
  expect(await installed(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' })
  expect((await installed(['explain', 'PRN-PAPER-OUT', '--lang', 'zh-CN'])).out).toMatch(/^PRN-PAPER-OUT {2}\p{Script=Han}/u)
  expect(JSON.parse((await installed(['schema', 'report'])).out)).toMatchObject({ title: 'posdiag report' })
})

it('reads reports in a thread of its own', async () => {
  const ended: string[] = []
  const thread = startThread((why) => ended.push(why), new URL(`file://${join(folder, 'elsewhere/node_modules/posdiag/dist/reading-thread.js')}`))
  const report = makeReport()
  const body = Buffer.from(JSON.stringify([eventOf(report)]))
  const read = await new Promise((settle) => thread.read([{ sent: { terminalId: report.terminal.id, receivedAt: report.at, body }, settle }]))
  expect(read).toMatchObject({ items: [{ id: report.id, status: 'stored' }], reports: [{ id: report.id, sequence: report.sequence }] })
  await thread.stop()
  expect(ended).toEqual([])
})

it('checks a terminal: serial port, network printer, UPS, acquirer, with a model from its own profiles', async () => {
  const shop = await startShop(ROOT)
  try {
    await shop.happen('paper-out')
    const file = join(folder, 'terminal.yaml')
    await writeFile(file, stringify({ ...shop.terminal, devices: shop.terminal.devices.map((d) => (d.kind === 'printer' ? { ...d, profile: 'epson-tm-t88vi' } : d)) }))
    const { code, out } = await installed(['check', '--json', '--no-input', '--terminal', file, '--state', join(folder, 'state')])
    const report = Report.parse(JSON.parse(out))
    expect(found(report)).toEqual(['PRN-PAPER-OUT printer-1'])
    expect(report.check.runs.filter((r) => r.outcome !== 'done')).toEqual([])
    expect(report.check.observations).toContainEqual(expect.objectContaining({ name: 'reader.answers', value: true }))
    expect(report.sequence).toBe(1)
    expect(code).toBe(1)
  } finally {
    await shop.stop()
  }
})

it('runs a simulated shop with HQ and page, and ends cleanly on Ctrl-C', async () => {
  const temporary = join(folder, 'temporary')
  await mkdir(temporary)
  const child = spawn(process.execPath, [command, 'start', '--simulate', 'shop', '--port', '0', '--lang', 'en'], { cwd: folder, env: { ...byHand, PATH: process.env.PATH, TMPDIR: temporary }, stdio: ['ignore', 'pipe', 'pipe'] })
  let told = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    told += text
  })
  const ended = once(child, 'exit')
  const lines: string[] = []
  const page = await Promise.race([
    (async () => {
      for await (const line of createInterface({ input: child.stdout })) {
        lines.push(line)
        const url = /https?:\S+\?token=\S+/.exec(line)?.[0]
        if (url !== undefined) return url
      }
      throw new Error(`no page was named: ${lines.join('\n')}\n${told}`)
    })(),
    ended.then(() => Promise.reject(new Error(`it ended by itself: ${lines.join('\n')}\n${told}`))),
  ])
  child.stdout.resume()
  expect(lines.join('\n')).toContain('You can take money: chip, contactless, swipe, QR, cash')
  expect(lines).toContain('the report is at HQ')

  const signedIn = await fetch(page, { redirect: 'manual' })
  const cookie = signedIn.headers.getSetCookie().map((c) => c.split(';')[0]).join('; ')
  expect(cookie).not.toBe('')
  const home = await fetch(new URL(signedIn.headers.get('location') ?? '/', page), { headers: { cookie } })
  expect(home.status).toBe(200)
  const html = await home.text()
  const script = /src="([^"]+\.js)"/.exec(html)?.[1] ?? ''
  expect((await fetch(new URL(script, page), { headers: { cookie } })).status).toBe(200)
  const terminals = await fetch(new URL('/api/terminals', page), { headers: { cookie } })
  expect(await terminals.json()).toMatchObject({ rows: [{ terminal: { id: 'SHOP-0001-01' }, openIncidents: 0 }] })
  expect((await fetch(new URL('/api/terminals', page))).status).toBe(401)

  child.kill('SIGINT')
  expect(await ended).toEqual([0, null])
  expect(told).toContain('stopped; no report is lost')
  expect(await readdir(temporary)).toEqual([])
})

it('is the same program that a checkout runs from its sources', async () => {
  const helpOf = async (program: string): Promise<string> => (await run(process.execPath, [program, 'check', '--help', '--lang', 'en'])).stdout
  const fromSource = await helpOf(join(ROOT, 'src/cli/posdiag.js'))
  expect(fromSource).toContain('--deadline')
  expect(await helpOf(POSDIAG)).toBe(fromSource)
})

/** A Node on this machine that is too old for posdiag. */
const oldNode = ['/usr/local/bin/node', '/usr/bin/node'].find((path) => existsSync(path) && Number(/^v(\d+)/.exec(execFileSync(path, ['--version'], { encoding: 'utf8' }))?.[1]) < 24)

it.skipIf(oldNode === undefined)('says in one plain sentence that a Node is too old', async () => {
  const { code, out, err } = await installed(['check'], oldNode)
  expect(err).toMatch(/^posdiag 需要 Node\.js 24\.15 或更高版本，当前是 [\d.]+。\/ posdiag needs Node\.js 24\.15 or newer; this is [\d.]+\.\n$/)
  expect([code, out]).toEqual([69, ''])
})
