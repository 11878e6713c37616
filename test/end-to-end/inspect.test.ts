import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { type HostFiles, startHostFiles } from '../../fixtures/standins/host-files.ts'
import { Inspection } from '../../src/model/inspection.ts'
import { posdiag } from './till.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'posdiag-inspect-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** A host whose USB tree holds one scanner at this port. */
const hostWith = (port: string, serial: string): Promise<HostFiles> =>
  startHostFiles(Object.fromEntries(Object.entries({ idVendor: '05e0', idProduct: '1200', product: 'Scanner', serial, bcdDevice: '0200' }).map(([file, text]) => [`sys/bus/usb/devices/${port}/${file}`, `${text}\n`])))

const inspect = async (files: HostFiles, args: readonly string[] = []) => {
  const terminal = join(folder, 'terminal.yaml')
  await writeFile(terminal, stringify({ terminal: { id: 'T-1' }, devices: [{ id: 'scanner-1', kind: 'scanner', transport: { type: 'usb', vendorId: '05e0', productId: '1200' } }], paths: { proc: files.proc, sys: files.sys } }))
  return posdiag(['inspect', '--terminal', terminal, '--state', join(folder, 'state'), '--lang', 'en', ...args])
}

describe('posdiag inspect', () => {
  it('keeps who looked and when, knows a moved unit and tells a swapped one', async () => {
    const first = await hostWith('1-1.2', 'S100')
    const none = await inspect(first)
    expect(none).toMatchObject({ code: 0 })
    expect(none.out).toMatch(/nobody has inspected this terminal yet[\s\S]*scanner-1 +Scanner +S100 +0200 +1-1\.2 +-$/m)
    expect((await inspect(first, ['--by', 'Li Na'])).err).toContain('the inspection by Li Na is kept: 1 devices')
    const kept = Inspection.parse(JSON.parse(await readFile(join(folder, 'state', 'inspection.json'), 'utf8')))
    expect(kept).toMatchObject({ by: 'Li Na', units: { 'scanner-1': { serial: 'S100', usbPath: '1-1.2' } } })
    await first.stop()

    const moved = await hostWith('1-3', 'S100')
    const after = await inspect(moved)
    expect(after).toMatchObject({ code: 0 })
    expect(after.out).toMatch(/scanner-1 .* 1-3 +the same unit at another port$/m)
    await moved.stop()

    const other = await hostWith('1-1.2', 'S999')
    const swapped = await inspect(other, ['--json'])
    expect(swapped.code).toBe(1)
    expect(JSON.parse(swapped.out)).toMatchObject({ last: { by: 'Li Na' }, units: [{ device: 'scanner-1', serial: 'S999', change: 'swapped' }] })
    const check = await posdiag(['check', '--no-input', '--only', 'scanner,configuration', '--terminal', join(folder, 'terminal.yaml'), '--state', join(folder, 'state'), '--json'])
    expect(JSON.parse(check.out).check.diagnosis.verdicts).toContainEqual(expect.objectContaining({ fault: 'SEC-PERIPHERAL-SWAPPED', verdict: 'found' }))
    await other.stop()
  })

  it('says what to do about a record that is none', async () => {
    const files = await hostWith('1-1.2', 'S100')
    await writeFile(join(folder, 'state', 'inspection.json'), '{"at":"yesterday"}')
    const { code, err } = await inspect(files)
    expect(code).toBe(78)
    expect(err).toMatch(/inspection\.json cannot be used: .*; find out why, remove it and run posdiag inspect --by NAME/)
    await files.stop()
  })

  it('wants a name', async () => {
    const files = await hostWith('1-1.2', 'S100')
    expect((await inspect(files, ['--by', ' '])).code).toBe(64)
    await files.stop()
  })
})
