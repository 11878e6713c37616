import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SerialPort } from 'serialport'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { type Shop, startShop } from '../../fixtures/standins/shop.ts'
import { Report } from '../../src/model/report.ts'
import { cannot, POSDIAG, posdiag, type Ran, ROOT } from './till.ts'

let shop: Shop
let folder: string
beforeAll(async () => {
  shop = await startShop(ROOT)
  folder = await mkdtemp(join(tmpdir(), 'posdiag-exit-'))
})
afterAll(async () => {
  await shop.stop()
  await rm(folder, { recursive: true, force: true })
})
beforeEach(() => shop.happen('all-well'))

let files = 0
/** A terminal file with this text. */
const fileOf = async (text: string): Promise<string> => {
  files += 1
  const file = join(folder, `terminal-${files}.yaml`)
  await writeFile(file, text)
  return file
}

/** posdiag check on the shop, or on another terminal. */
const check = async (args: readonly string[] = [], { terminal = shop.terminal, ...options }: { terminal?: object; env?: NodeJS.ProcessEnv; around?: readonly string[] } = {}): Promise<Ran> =>
  posdiag(['check', '--no-input', '--terminal', await fileOf(stringify(terminal)), '--state', join(folder, 'state'), ...args], options)

const HAN = /\p{Script=Han}/u
// A control character is what is looked for.
const ESCAPE = String.fromCharCode(27)

/** The shop after the reader's port was taken by the program that is declared as the till's. */
const heldByTill = async <T>(look: () => Promise<T>): Promise<T> => {
  const reader = shop.terminal.devices.find((d) => d.id === 'reader-1')
  if (reader?.transport.type !== 'serial') throw new Error('the reader of the shop is not at a serial port here: no pty could be made')
  const port = new SerialPort({ path: reader.transport.path, baudRate: 9600, lock: true, autoOpen: false })
  await new Promise<void>((resolve, reject) => port.open((error) => (error ? reject(error) : resolve())))
  try {
    return await look()
  } finally {
    await new Promise<void>((resolve) => port.close(() => resolve()))
  }
}

describe('the exit code of posdiag check', () => {
  it('is 0 where every tender is ready', async () => {
    const { code, out, err } = await check(['--lang', 'en'])
    expect(out).toContain('You can take money: chip, contactless, swipe, QR, cash')
    expect(out).toContain('No fault found')
    expect(err).toMatch(/^report [0-9a-f-]{36} \(number \d+\) is stored\n$/)
    expect(code).toBe(0)
  })

  it('is 1 where one is degraded', async () => {
    await shop.happen('paper-out')
    const { code, out } = await check(['--lang', 'en'])
    expect(out).toContain('You can take money, with a problem')
    expect(out).toContain('PRN-PAPER-OUT')
    expect(code).toBe(1)
  })

  it('is 2 where one is blocked', async () => {
    await shop.happen('reader-mute')
    const { code, out } = await check(['--lang', 'en'])
    expect(out).toContain('Not possible now: chip, contactless, swipe. You can use: QR, cash')
    expect(out).toContain('CRD-READER-OFFLINE')
    expect(code).toBe(2)
  })

  it('is 3 where nobody can tell: the till itself holds the only reader', async () => {
    const { code, out } = await heldByTill(() => check(['--lang', 'en']))
    expect(out).toContain('Cannot tell whether you can take money: chip, contactless, swipe')
    expect(out).toContain('No fault found')
    expect(code).toBe(3)
  })

  it.each([
    [['check', '--bogus'], 'there is no option --bogus', '没有 --bogus 这个选项'],
    [['check', 'printer'], 'check takes no such argument', 'check 后面多写了参数'],
    [['check', '--only', 'toaster'], 'no such kind of device: toaster. Known: reader,', '没有这种设备：toaster。可用：reader,'],
    [['check', '--deadline', 'soon'], 'write a time as 10s, 500ms or 2m, not soon', '时间写成 10s、500ms 或 2m，而不是 soon'],
    [['check', '--terminal'], 'the option --terminal <file> needs a value', '选项 --terminal <file> 后面要写一个值'],
    [['hq', '--port', '99999'], 'a port is a whole number from 0 to 65535, not 99999', '端口是 0 到 65535 的整数，而不是 99999'],
    [['chekc'], 'there is no command chekc', '没有 chekc 这个命令'],
    [['explain', 'PRN-NONE'], 'PRN-NONE is not in the catalogue', '目录里没有 PRN-NONE'],
    [['schema', 'nothing'], 'no schema nothing. Known: report,', '没有格式 nothing。可用：report,'],
  ] as const)('is 64 for %j, in both languages', async (args, en, zh) => {
    for (const [language, text] of [['en', en], ['zh_CN.UTF-8', zh]] as const) {
      const { code, out, err } = await posdiag(args, { env: { LC_ALL: language } })
      expect(err).toContain(text)
      expect(err).toMatch(/^posdiag[:：][^\n]+\n$/)
      expect(out).toBe('')
      expect(code).toBe(64)
    }
  })

  it('is 64 with the help on standard error where nothing was asked', async () => {
    const { code, out, err } = await posdiag([])
    expect(err).toContain('posdiag [options] [command]')
    expect([code, out]).toEqual([64, ''])
  })

  it.each([
    ['a field that is missing', 'terminal:\n  store: 建国路店\n', 'store', 'terminal.id'],
    ['a field of the wrong kind', 'terminal: { id: T-1 }\ndevices:\n  - { id: printer-1, kind: toaster, transport: { type: host } }\n', 'toaster', 'devices.0.kind'],
    ['a field that does not exist', 'terminal: { id: T-1, colour: red }\n', 'colour', '"colour"'],
    ['broken YAML', 'terminal: { id: T-1 }\npos: [ }\n', '}\n', 'YAML'],
    ['a device that is used and not defined', 'terminal: { id: T-1 }\npos: { process: till, holds: [host, reader-9] }\n', 'reader-9', 'reader-9'],
    ['an id that is used twice', 'terminal: { id: T-1 }\ndevices:\n  - { id: same, kind: reader, transport: { type: pcsc } }\n  - { id: same, kind: reader, transport: { type: pcsc } }\n', 'same', 'same'],
    ['a profile that does not exist', 'terminal: { id: T-1 }\ndevices: [{ id: a, kind: reader, profile: no-such-model, transport: { type: pcsc } }]\n', 'no-such-model', 'generic-serial'],
    ['a reference that leads nowhere', 'terminal: { id: *nothing }\n', '', 'nothing'],
  ])('is 78 for a terminal file with %s; names the place and the remedy in both languages', async (_, text, wrong, what) => {
    const file = await fileOf(text)
    const before = text.slice(0, text.lastIndexOf(wrong)).split('\n')
    const place = wrong === '' ? '' : `:${before.length}:${(before.at(-1) ?? '').length + 1}`
    for (const language of ['en', 'zh-CN']) {
      const { code, out, err } = await posdiag(['check', '--terminal', file, '--state', join(folder, 'none'), '--lang', language])
      expect(err).toContain(`${file}${place}`)
      expect(err).toContain(what)
      expect(err).toContain('posdiag schema terminal')
      expect(err).toContain(language === 'en' ? 'Correct it and try again' : '请改正后重试')
      expect(HAN.test(err)).toBe(language !== 'en')
      expect(err).not.toMatch(/^\s+at |Error:|\.ts:/m)
      expect([code, out]).toEqual([78, ''])
    }
  })

  it('is 78 for a terminal file that is not there or cannot be read', async () => {
    const none = await posdiag(['check', '--terminal', join(folder, 'none.yaml')])
    expect([none.code, none.err]).toEqual([78, `posdiag: no such file: ${join(folder, 'none.yaml')}\n`])
    await mkdir(join(folder, 'folder.yaml'))
    const bad = await posdiag(['check', '--terminal', join(folder, 'folder.yaml'), '--lang', 'zh-CN'])
    expect(bad.err).toMatch(/^posdiag：不能读取 .*folder\.yaml/)
    expect(bad.code).toBe(78)
  })
})

describe('posdiag check --format nagios', () => {
  const PERFORMANCE = /\| time=\d+\.\d{3}s;;;0 faults=\d+;;;0\n$/

  it.each([
    ['all-well', 0, /^POSDIAG OK - You can take money: /, /^POSDIAG OK - 可以收款/],
    ['paper-out', 1, /^POSDIAG WARNING - You can take money, with a problem: .* \(PRN-PAPER-OUT printer-1\) /, /^POSDIAG WARNING - .*\(PRN-PAPER-OUT printer-1\) /],
    ['reader-mute', 2, /^POSDIAG CRITICAL - Not possible now: .* \(CRD-READER-OFFLINE reader-1\) /, /^POSDIAG CRITICAL - .*\(CRD-READER-OFFLINE reader-1\) /],
  ] as const)('%s: code %i and one line', async (event, code, en, zh) => {
    await shop.happen(event)
    for (const [language, line] of [['en', en], ['zh-CN', zh]] as const) {
      const ran = await check(['--format', 'nagios', '--lang', language])
      expect(ran.out).toMatch(line)
      expect(ran.out).toMatch(PERFORMANCE)
      expect(ran.out.match(/\n/g)).toHaveLength(1)
      expect([ran.code, ran.err]).toEqual([code, ''])
    }
  })

  it('code 3 where nobody can tell', async () => {
    const { code, out } = await heldByTill(() => check(['--format=nagios', '--lang', 'en']))
    expect(out).toMatch(/^POSDIAG UNKNOWN - Cannot tell whether you can take money: /)
    expect(out).toMatch(PERFORMANCE)
    expect(code).toBe(3)
  })

  it('code 3 and one line of standard output for a wrong command line and a wrong terminal file, too: more codes a monitoring system does not know', async () => {
    const usage = await check(['--format', 'nagios', '--bogus', '--lang', 'en'])
    expect(usage.out).toBe('POSDIAG UNKNOWN - there is no option --bogus; posdiag check --help says how it is used\n')
    expect(usage.code).toBe(3)
    const file = await fileOf('terminal: {}\n')
    const config = await posdiag(['check', '--format=nagios', '--terminal', file, '--lang', 'zh-CN'])
    expect(config.out).toContain(`POSDIAG UNKNOWN - ${file}:1:11`)
    expect(config.out.match(/\n/g)).toHaveLength(1)
    expect(config.code).toBe(3)
  })
})

describe('what posdiag check prints', () => {
  it('is in the language asked for, and otherwise in that of the system', async () => {
    await shop.happen('cover-open')
    const [zh, en, system] = await Promise.all([check(['--lang', 'zh-CN']), check(['--lang', 'en'], { env: { LANG: 'zh_CN.UTF-8' } }), check([], { env: { LANG: 'zh_CN.UTF-8' } })])
    expect(zh.out).toContain('打印机')
    expect(zh.out).toContain('怎么办')
    expect(zh.err).toMatch(HAN)
    expect(en.out).toContain('what to do')
    expect(en.err).not.toMatch(HAN)
    expect(en.out).not.toMatch(HAN)
    expect(system.out).toContain('怎么办')
  })

  it('is with --json one document and nothing else, whatever the language; remarks go to standard error', async () => {
    await shop.happen('paper-out')
    const [en, zh] = await Promise.all([check(['--json', '--lang', 'en']), check(['--format', 'json', '--lang', 'zh-CN'])])
    for (const { code, out, err } of [en, zh]) {
      expect(out.startsWith('{')).toBe(true)
      expect(out.endsWith('}\n')).toBe(true)
      const report = Report.parse(JSON.parse(out))
      expect(report.check.readiness.find((r) => r.tender === 'cash')?.is).toBe('degraded')
      expect(err).toContain(report.id)
      expect(code).toBe(1)
    }
    expect(Object.keys(JSON.parse(zh.out))).toEqual(Object.keys(JSON.parse(en.out)))
  })

  it('looks only at the kinds asked for, and says of the rest that it was not looked at', async () => {
    await shop.happen('paper-out')
    const { out } = await check(['--json', '--only', 'printer,power'])
    const report = Report.parse(JSON.parse(out))
    expect(report.check.runs.map((run) => run.device).toSorted()).toEqual(['mains', 'printer-1', 'ups-1'])
    expect(report.check.diagnosis.verdicts[0]).toMatchObject({ fault: 'PRN-PAPER-OUT', verdict: 'found' })
    expect(report.check.readiness.find((r) => r.tender === 'chip')).toMatchObject({ is: 'unknown', unseen: expect.arrayContaining(['reader-1', 'acquirer-1', 'host']) })
  })

  it('has colours on a terminal and none with NO_COLOR or TERM=dumb', async () => {
    const pty = await import('@lydell/node-pty').catch((error: unknown) => {
      throw new Error(`no pty can be made: ${error instanceof Error ? error.message : String(error)}`)
    })
    const file = await fileOf(stringify(shop.terminal))
    const onTerminal = (env: NodeJS.ProcessEnv): Promise<{ text: string; code: number }> =>
      new Promise((resolve) => {
        const { NO_COLOR: _, ...rest } = process.env
        const child = pty.spawn(process.execPath, [POSDIAG, 'check', '--no-input', '--terminal', file, '--state', join(folder, 'tty'), '--lang', 'en'], { cols: 100, rows: 40, env: { ...rest, TERM: 'xterm', ...env } as Record<string, string> })
        let text = ''
        child.onData((chunk) => {
          text += chunk
        })
        child.onExit(({ exitCode }) => resolve({ text, code: exitCode }))
      })
    const coloured = await onTerminal({})
    expect(coloured.text).toContain(`${ESCAPE}[`)
    // Progress is shown to a person, and its last line is wiped away.
    expect(coloured.text).toMatch(/\[#+\.*\] \d+\/9 /)
    for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) {
      const plain = await onTerminal(env)
      expect(plain.text).not.toContain(ESCAPE)
      expect(plain.text).toContain('You can take money')
      expect(plain.code).toBe(0)
    }
    const piped = await check([], { env: { FORCE_COLOR: undefined } })
    expect(piped.out).not.toContain(ESCAPE)
    expect(piped.err).not.toMatch(/\d+\/9/)
  })
})

describe('the deadline of posdiag check', () => {
  it('is kept though devices never answer; what was seen by then counts', async () => {
    await shop.happen('acquirer-silent')
    const slow = Report.parse(JSON.parse((await check(['--json'])).out))
    const { code, out } = await check(['--json', '--deadline', '700ms'])
    const report = Report.parse(JSON.parse(out))
    // What is more is a busy machine's: a probe alone would take three seconds.
    expect(report.check.ms).toBeLessThan(2900)
    expect(slow.check.ms).toBeGreaterThan(report.check.ms)
    expect(report.check.runs.find((run) => run.device === 'acquirer-1')?.outcome).toBe('late')
    expect(report.check.observations).toContainEqual(expect.objectContaining({ name: 'printer.answers', value: true }))
    expect([0, 1, 2, 3]).toContain(code)
  })

  it.skipIf(cannot('ip'))('ends the program too, while a name server that is silent holds one of its threads', async () => {
    const name = `posdiag-exit-${process.pid}`
    const ip = (...args: string[]) => execFileSync('ip', args)
    ip('netns', 'add', name)
    await mkdir(join('/etc/netns', name), { recursive: true })
    try {
      // What is sent to the name server leaves the host and is never answered.
      await writeFile(join('/etc/netns', name, 'resolv.conf'), 'nameserver 10.78.0.9\n')
      ip('-n', name, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'far')
      for (const link of ['lo', 'eth0', 'far']) ip('-n', name, 'link', 'set', link, 'up')
      ip('-n', name, 'addr', 'add', '10.78.0.2/24', 'dev', 'eth0')
      ip('-n', name, 'neigh', 'add', '10.78.0.9', 'lladdr', '02:00:00:00:00:09', 'dev', 'eth0', 'nud', 'permanent')
      ip('-n', name, 'route', 'add', 'default', 'via', '10.78.0.9')
      const around = ['ip', 'netns', 'exec', name]
      const terminal = { terminal: { id: 'T-1' }, endpoints: ['a', 'b', 'c'].map((id) => ({ id, role: 'acquirer', host: `${id}.example.com` })), network: { knownName: 'd.example.com' } }
      // The system's resolver itself is the clock: it gives up after ten seconds at the earliest.
      const resolver = spawn('ip', ['netns', 'exec', name, process.execPath, '-e', "require('node:dns').lookup('e.example.com', () => undefined)"], { stdio: 'ignore' })
      const gaveUp = once(resolver, 'exit').then(() => 'the resolver')
      const ran = check(['--json', '--deadline', '2s'], { terminal, around })
      expect(await Promise.race([ran.then(() => 'posdiag'), gaveUp])).toBe('posdiag')
      const { code, out } = await ran
      expect(Report.parse(JSON.parse(out)).check.runs.some((run) => run.outcome === 'late')).toBe(true)
      expect(code).toBe(3)
      resolver.kill('SIGKILL')
      await gaveUp
    } finally {
      ip('netns', 'del', name)
      await rm(join('/etc/netns', name), { recursive: true, force: true })
    }
  })
})
