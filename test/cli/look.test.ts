import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { startTcpDevice } from '../../fixtures/standins/port.ts'
import { lookInChild } from '../../src/cli/look.ts'
import type { Progress } from '../../src/model/check.ts'
import { TerminalFile } from '../../src/model/terminal.ts'

const terminalWith = (port: number): TerminalFile => TerminalFile.parse({
  terminal: { id: 'T-1' },
  devices: [{ id: 'printer-1', kind: 'printer', transport: { type: 'tcp', host: '127.0.0.1', port } }],
})

/** Processes that the main thread of this process has started and that still run. */
const children = (): number[] => readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)

describe('a check in a process of its own', () => {
  it('brings what a check here would bring, and ends its process', async () => {
    const printer = await startTcpDevice('> 10 04 01\n< 12\n> 10 04 02\n< 12\n> 10 04 03\n< 12\n> 10 04 04\n< 12\n')
    const before = children()
    const said: Progress['type'][] = []
    const check = await lookInChild({ terminal: terminalWith(printer.port), trigger: { by: 'boot' }, depth: 'full', deadlineMs: 10_000 }, (p) => said.push(p.type))
    await printer.stop()
    expect(check.observations).toContainEqual(expect.objectContaining({ name: 'printer.answers', value: true }))
    expect(said[0]).toBe('started')
    await expect.poll(() => children().filter((pid) => !before.includes(pid))).toEqual([])
  })

  it('survives the death of that process: what needs no native code is looked at, and no device is blamed for our crash', async () => {
    // The printer says nothing, so the child is still looking at it when it is killed.
    const printer = await startTcpDevice('')
    const before = children()
    let killed = false
    const check = await lookInChild({ terminal: terminalWith(printer.port), trigger: { by: 'boot' }, depth: 'full', deadlineMs: 10_000 }, () => {
      if (killed) return
      killed = true
      for (const pid of children().filter((child) => !before.includes(child))) process.kill(pid, 'SIGKILL')
    })
    await printer.stop()
    expect(killed).toBe(true)
    expect(check.runs.find((run) => run.device === 'printer-1')).toMatchObject({ outcome: 'broke', detail: expect.stringContaining('SIGKILL') })
    expect(check.runs.find((run) => run.device === 'host')).toBeDefined()
    expect(check.diagnosis.verdicts.filter((v) => v.device === 'printer-1' && v.verdict === 'found')).toEqual([])
  })

  it('names what was not looked at where that process dies before it has begun', async () => {
    const before = children()
    const looking = lookInChild({ terminal: terminalWith(9), trigger: { by: 'boot' }, depth: 'full', deadlineMs: 10_000, only: ['printer'] }, () => undefined)
    for (const pid of children().filter((child) => !before.includes(child))) process.kill(pid, 'SIGKILL')
    expect((await looking).runs.filter(({ device }) => device === 'printer-1')).toMatchObject([{ outcome: 'broke', detail: expect.stringContaining('SIGKILL') }])
  })
})
