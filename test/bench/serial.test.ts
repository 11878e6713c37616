import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { realBench } from '../../src/bench/real.ts'
import type { PortAddress } from '../../src/model/bench.ts'
import { hex } from '../../src/model/dialogue.ts'
import { absenceOf, failureOf, type Lent, lent } from './lent.ts'
import { hasPty, openPty, type Pty } from './pty.ts'

const running: (() => unknown)[] = []
const borrowed = (): Lent => {
  const one = lent(realBench({ paths: { proc: '/proc', sys: '/sys' } }))
  running.push(() => one.lease.release())
  return one
}
const plugged = (): Pty => {
  const pty = openPty()
  running.push(() => pty.unplug())
  return pty
}
/** A question that a printer may be asked. */
const STATUS = Uint8Array.of(0x10, 0x04, 0x01)
const serial = (path: string): PortAddress => ({ type: 'serial', path, baud: 9600, dialect: 'esc-pos' })
const usblp = (path: string): PortAddress => ({ type: 'usblp', path, dialect: 'esc-pos' })

afterEach(async () => {
  for (const stop of running.splice(0).reverse()) await stop()
})

describe.skipIf(!hasPty).each([['serial', serial], ['usblp', usblp]] as const)('a %s port', (_type, at) => {
  it('carries bytes both ways', async () => {
    const pty = plugged()
    pty.answer((bytes) => Uint8Array.from(bytes, (b) => b ^ 0xff))
    const { bench, lease } = borrowed()
    const port = await bench.open(at(pty.path))
    await port.write(STATUS)
    expect(hex(await port.read(5000, (got) => got.length >= 3))).toBe('ef fb fe')
    expect(hex(await port.read(10))).toBe('')
    expect(lease.transcript()).toMatch(/\n> 10 04 01\n(< .*\n)+$/)
  })

  it('has no modem lines where there are none', async () => {
    expect(await (await borrowed().bench.open(at(plugged().path))).lines()).toBeUndefined()
  })

  it('keeps what came between two reads', async () => {
    const pty = plugged()
    const port = await borrowed().bench.open(at(pty.path))
    pty.answer(() => Uint8Array.of(1, 2, 3, 4))
    await port.write(STATUS)
    const first = await port.read(5000, (got) => got.length >= 4)
    expect(hex(first)).toBe('01 02 03 04')
    await port.write(STATUS)
    const [one, two] = await Promise.all([port.read(5000, (got) => got.length >= 4), port.read(10)])
    expect([hex(one), hex(two)]).toEqual(['01 02 03 04', ''])
  })

  it('that is pulled is missing', async () => {
    const pty = plugged()
    const port = await borrowed().bench.open(at(pty.path))
    const reading = absenceOf(port.read(10_000))
    pty.unplug()
    expect(await reading).toBe('missing')
    expect(await absenceOf(port.write(STATUS))).toBe('missing')
    await port.close()
  })

  it('can be opened again after it was closed, and is closed by the lease', async () => {
    const pty = plugged()
    const first = borrowed()
    await first.bench.open(at(pty.path))
    await first.lease.release()
    const { bench } = borrowed()
    await (await bench.open(at(pty.path))).close()
    const port = await bench.open(at(pty.path))
    expect(await port.read(5)).toHaveLength(0)
  })

  it('refuses bytes that must not be sent', async () => {
    const pty = plugged()
    const port = await borrowed().bench.open(at(pty.path))
    expect(await absenceOf(port.write(Uint8Array.of(0x10, 0x14, 0x01, 0x00, 0x01)))).toBe('blocked')
    await port.write(STATUS)
    pty.send(Uint8Array.of(0xaa))
    await port.read(5000, (got) => got.length > 0)
    await vi.waitFor(() => expect(hex(pty.got())).toBe('10 04 01'))
  })
})

describe('a port that cannot be opened', () => {
  it('is missing when there is no such device', async () => {
    const { bench } = borrowed()
    expect(await failureOf(bench.open(serial('/dev/ttyNONE0')))).toMatchObject({ absence: 'missing', detail: expect.stringContaining('/dev/ttyNONE0') })
    expect(await failureOf(bench.open(usblp('/dev/usb/lp99')))).toMatchObject({ absence: 'missing', detail: expect.stringContaining('/dev/usb/lp99') })
  })

  it('is missing when it is no such device, and the file stays as it was', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'posdiag-port-'))
    running.push(() => rmSync(folder, { recursive: true }))
    const path = join(folder, 'file')
    writeFileSync(path, 'untouched')
    const { bench } = borrowed()
    expect(await absenceOf(bench.open(serial(path)))).toBe('missing')
    expect(await absenceOf(bench.open(usblp(path)))).toBe('missing')
    expect(await absenceOf(bench.open(serial('/dev/null')))).toBe('missing')
    expect(await bench.files.read(path)).toBe('untouched')
  })

  it.skipIf(!hasPty)('is busy when another program holds it', async () => {
    const pty = plugged()
    const holder = spawn(process.execPath, ['--input-type=module', '-e', `
      import { SerialPort } from 'serialport'
      const port = new SerialPort({ path: ${JSON.stringify(pty.path)}, baudRate: 9600, autoOpen: false })
      port.open((error) => console.log(error ? error.message : 'held'))
      process.stdin.resume()
    `], { cwd: new URL('../..', import.meta.url), stdio: ['pipe', 'pipe', 'inherit'] })
    const gone = once(holder, 'exit')
    running.push(async () => {
      holder.kill('SIGKILL')
      await gone
    })
    const [said] = await once(holder.stdout, 'data')
    expect(String(said).trim()).toBe('held')
    const { bench, lease } = borrowed()
    expect(await failureOf(bench.open(serial(pty.path)))).toMatchObject({ absence: 'busy', detail: expect.stringContaining('lock') })
    expect(lease.transcript()).toMatch(/^! busy /m)
  })
})
