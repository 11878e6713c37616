import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundlePrograms, NODE, PROGRAMS } from './bundle.ts'
import { boot, lines, type Machine } from './machine.ts'

/** How many reports are acknowledged before the plug is pulled, each time another number. */
const ACKNOWLEDGED = [60, 90, 120] as const
const DISK_BYTES = 128 << 20
const STORE = '/mnt/state/store.db'

let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'posdiag-power-'))
  await bundlePrograms({ writer: 'power-cut/writer.ts', reader: 'power-cut/reader.ts' })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Said {
  /** Report ids by sequence number, as the store acknowledged them. */
  kept: Map<number, string>
  /** Ids that headquarters has. */
  delivered: Set<string>
}

const machineWith = (disk: string): Promise<Machine> => boot({
  ports: ['words'], modules: ['virtio_blk', 'ext4'],
  // cache=none: what the guest flushed is on the disk of this machine, and nothing else is.
  devices: () => ['-drive', `if=none,id=disk,file=${disk},format=raw,cache=none`, '-device', 'virtio-blk-pci,drive=disk'],
})

interface Found {
  sequence: number
  rows: [sequence: number, id: string, state: string][]
}

/** One life of the machine: reads what the store holds (nothing at first), then, if asked to, writes until that many reports are acknowledged and the plug is pulled. */
const live = async (disk: string, { read, write }: { read: boolean; write?: { acknowledged: number; synchronous: string } }): Promise<{ found: Found; said: Said }> => {
  const machine = await machineWith(disk)
  const found: Found = { sequence: 0, rows: [] }
  const said: Said = { kept: new Map(), delivered: new Set() }
  try {
    await machine.run('mount /dev/vda /mnt; mkdir -p -m 0700 /mnt/state')
    if (read) {
      const { output } = await machine.run(`${NODE} ${PROGRAMS}/reader.mjs ${STORE}`)
      Object.assign(found, JSON.parse(output.slice(output.indexOf('{'))))
    }
    if (write) {
      const enough = Promise.withResolvers<void>()
      lines(await machine.port('words'), (line) => {
        const [word, first = '', second = ''] = line.split(' ')
        if (word === 'kept') said.kept.set(Number(first), second)
        if (word === 'delivered') said.delivered.add(first)
        if (said.kept.size >= write.acknowledged) enough.resolve()
      })
      machine.run(`${NODE} ${PROGRAMS}/writer.mjs ${STORE} ${write.synchronous}`, { timeoutMs: 120_000 }).catch(enough.reject)
      await enough.promise
    }
  } finally {
    await machine.cutPower()
  }
  return { found, said }
}

const newDisk = (name: string): string => {
  const disk = join(folder, `${name}.img`)
  writeFileSync(disk, '')
  truncateSync(disk, DISK_BYTES)
  execFileSync('mkfs.ext4', ['-q', '-F', disk])
  return disk
}

describe('a power cut in the middle of deliveries', () => {
  it('loses nothing that the store acknowledged, three times on one disk', async () => {
    const disk = newDisk('full')
    const kept = new Map<number, string>()
    const delivered = new Set<string>()
    for (const [life, acknowledged] of [...ACKNOWLEDGED, 0].entries()) {
      const { found, said } = await live(disk, { read: life > 0, ...(acknowledged > 0 ? { write: { acknowledged, synchronous: '' } } : {}) })
      if (life > 0) {
        const waiting = new Set(found.rows.filter(([, , state]) => state === 'waiting').map(([, id]) => id))
        expect([...kept.values()].filter((id) => !delivered.has(id) && !waiting.has(id))).toEqual([])
        expect(found.sequence).toBeGreaterThanOrEqual(Math.max(...kept.keys()))
      }
      for (const [sequence, id] of said.kept) kept.set(sequence, id)
      for (const id of said.delivered) delivered.add(id)
    }
    // A number given twice would have replaced another report's.
    expect(kept.size).toBeGreaterThanOrEqual(ACKNOWLEDGED.reduce((sum: number, n) => sum + n, 0))
    expect(new Set(kept.values()).size).toBe(kept.size)
  })

  it('does lose with a weaker setting, so the test can tell', async () => {
    const disk = newDisk('normal')
    const { said } = await live(disk, { read: false, write: { acknowledged: 200, synchronous: 'NORMAL' } })
    const { found } = await live(disk, { read: true })
    const inStore = new Set(found.rows.map(([, id]) => id))
    expect([...said.kept.values()].filter((id) => !inStore.has(id)).length).toBeGreaterThan(0)
  })
})
