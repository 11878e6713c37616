import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { holderFinder, parseProcessStat, processFinder, runs } from '../../src/bench/processes.ts'

const stat = (pid: number, name: string, parent: number, options: { state?: string; flags?: number; start?: number } = {}): string =>
  `${pid} (${name}) ${options.state ?? 'S'} ${parent} ${pid} ${pid} 0 -1 ${options.flags ?? 4194560} 1 0 0 0 5 5 0 0 20 0 1 0 ${options.start ?? 1000} 1000 100 18446744073709551615 1 1 0 0\n`

describe('/proc/PID/stat', () => {
  it('is read whatever the name contains', () => {
    expect(parseProcessStat(stat(7, 'a) S 1 (b', 3, { start: 250 }))).toEqual({ pid: 7, name: 'a) S 1 (b', state: 'S', parent: 3, kernel: false, startedS: 2.5 })
    expect(parseProcessStat(stat(2, 'kthreadd', 0, { flags: 0x208040 }))?.kernel).toBe(true)
    expect(parseProcessStat('')).toBeUndefined()
  })

  it('never fails', () => {
    fc.assert(fc.property(fc.string(), (text) => { parseProcessStat(text) }))
  })
})

describe('a command line', () => {
  it.each([
    [['/opt/pos/posapp', '--kiosk'], 'posapp', true],
    [['java', '-Xmx512m', '-jar', '/opt/pos/pos.jar'], 'pos.jar', true],
    [['/usr/bin/node', '--enable-source-maps', '/opt/pos/main.js', '--port', '1'], 'main.js', true],
    [['python3', '/opt/pos/pos.py'], 'pos.py', true],
    [['C:\\POS\\pos.exe'], 'pos.exe', true],
    [['/opt/pos/posapp', '--kiosk'], 'posapp --kiosk', true],
    [['vim', '/opt/pos/posapp'], 'posapp', false],
    [['tail', '-f', '/var/log/pos.jar'], 'pos.jar', false],
    [['/opt/pos/posapp2'], 'posapp', false],
    [[], 'posapp', false],
  ])('%j runs %s: %s', (args, name, expected) => {
    expect(runs(args, name)).toBe(expected)
  })
})

describe('a host', () => {
  let proc = ''
  const add = (pid: number, text: string, args: string[], open: string[] = []): void => {
    mkdirSync(join(proc, String(pid), 'fd'), { recursive: true })
    writeFileSync(join(proc, String(pid), 'stat'), text)
    writeFileSync(join(proc, String(pid), 'cmdline'), args.map((arg) => `${arg}\0`).join(''))
    for (const [fd, path] of open.entries()) symlinkSync(path, join(proc, String(pid), 'fd', String(fd)))
  }

  beforeAll(() => {
    proc = mkdtempSync(join(tmpdir(), 'posdiag-proc-'))
    writeFileSync(join(proc, 'uptime'), '1000.00 100.00\n')
    add(1, stat(1, 'systemd', 0), ['/sbin/init'])
    add(2, stat(2, 'kthreadd', 0, { flags: 0x208040 }), [])
    add(50, stat(50, 'start-pos.sh', 1, { start: 20_000 }), ['/bin/sh', '/opt/start-pos.sh'])
    add(60, stat(60, 'java', 50, { start: 30_000 }), ['java', '-jar', '/opt/pos.jar'], ['/dev/null', '/dev/ttyPOS1', '/dev/ttyPOS1'])
    add(70, stat(70, 'java', 1, { start: 90_000 }), ['java', '-jar', '/opt/pos.jar'])
    add(80, stat(80, 'java', 1, { state: 'Z' }), ['java', '-jar', '/opt/pos.jar'])
    add(90, stat(90, 'minicom', 1), ['minicom'], ['/dev/ttyPOS2'])
    add(100, stat(100, 'own-child', process.pid), ['node'], ['/dev/ttyPOS2'])
  })
  afterAll(() => rmSync(proc, { recursive: true, force: true }))

  it('tells its processes, oldest first, without dead ones', async () => {
    const find = processFinder(proc)
    expect(await find('pos.jar')).toEqual([{ pid: 60, ageS: 700 }, { pid: 70, ageS: 100 }])
    expect(await find('minicom')).toEqual([{ pid: 90, ageS: 990 }])
    expect(await find('pos.jar')).toHaveLength(2)
    expect(await find('absent')).toEqual([])
  })

  it('looks again as soon as one that it found is gone or is another program', async () => {
    const find = processFinder(proc)
    add(65, stat(65, 'till', 1, { start: 40_000 }), ['till'])
    add(66, stat(66, 'till', 1, { start: 50_000 }), ['till'])
    expect(await find('till')).toMatchObject([{ pid: 65 }, { pid: 66 }])
    rmSync(join(proc, '65'), { recursive: true })
    expect(await find('till')).toEqual([{ pid: 66, ageS: 500 }])
    add(67, stat(67, 'till', 1, { start: 60_000 }), ['till'])
    add(66, stat(66, 'other', 1, { start: 50_000 }), ['other'])
    expect(await find('till')).toEqual([{ pid: 67, ageS: 400 }])
    add(67, stat(67, 'till', 1, { start: 70_000 }), ['till'])
    expect(await find('till')).toEqual([{ pid: 67, ageS: 300 }])
    rmSync(join(proc, '66'), { recursive: true })
    rmSync(join(proc, '67'), { recursive: true })
    expect(await find('till')).toEqual([])
  })

  it('tells who holds a port, and who started that', async () => {
    expect(await holderFinder(proc)(['/dev/ttyPOS1', '/dev/ttyPOS2', '/dev/ttyPOS3'])).toEqual({
      holders: [
        { path: '/dev/ttyPOS1', pid: 60, process: 'java', ancestors: [50] },
        { path: '/dev/ttyPOS2', pid: 90, process: 'minicom', ancestors: [] },
      ],
      unreadable: [],
    })
  })

  it('says so where there is no /proc', async () => {
    await expect(processFinder(join(proc, 'none'))('x')).rejects.toMatchObject({ absence: 'missing' })
    await expect(holderFinder(join(proc, 'none'))(['/dev/x'])).rejects.toMatchObject({ absence: 'missing' })
  })
})

describe.skipIf(process.platform !== 'linux')('this machine', () => {
  let folder = ''
  let shell: ChildProcess | undefined
  beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'posdiag-held-')) })
  afterAll(() => {
    shell?.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })

  it('shows a foreign program on a port, also by a link to it, and leaves out this process and its children', async () => {
    const port = join(folder, 'port')
    const link = join(folder, 'by-id')
    writeFileSync(port, '')
    symlinkSync(port, link)
    const holders = holderFinder('/proc')
    // The shell is a child of this process and does not count; what it starts is somebody else's.
    shell = spawn('sh', ['-c', `exec 9<"${port}"; sh -c 'echo ready; read line'; :`], { stdio: ['pipe', 'pipe', 'inherit'] })
    if (!shell.stdout) throw new Error('no output')
    await once(shell.stdout, 'data')
    const { holders: found } = await holders([link])
    expect(found).toMatchObject([{ path: link, process: 'sh', ancestors: expect.arrayContaining([shell.pid, process.pid]) }])
    shell.stdin?.end('\n')
    await once(shell, 'exit')
    expect((await holders([link])).holders).toEqual([])
  })
})
