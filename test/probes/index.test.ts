import { existsSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { probes } from '../../probes/index.ts'
import { DeviceKind } from '../../src/model/device.ts'

const folder = new URL('../../probes/', import.meta.url)

it('registers the probe of every folder, one per kind', () => {
  const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  expect(probes.map((probe) => probe.kind).sort()).toEqual(folders.sort())
  expect(folders).toEqual([...DeviceKind.options].sort())
})

it('tells symptoms apart over all probes', () => {
  const ids = probes.flatMap((probe) => probe.symptoms.map((rule) => rule.id))
  expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([])
})

describe.each(probes.map((probe) => [probe.kind, probe] as const))('the %s probe', (kind, probe) => {
  it('has the files that every probe folder has', () => {
    for (const file of ['probe.ts', 'symptoms.ts']) expect(existsSync(new URL(`${kind}/${file}`, folder)), file).toBe(true)
  })

  it('names observations, limits and symptoms after its kind', () => {
    const names = [...Object.keys(probe.observes), ...Object.keys(probe.limits), ...probe.symptoms.map((rule) => rule.id)]
    expect(names.filter((name) => !name.startsWith(`${kind}.`))).toEqual([])
    expect(names.filter((name) => !/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(name))).toEqual([])
  })

  it('explains every observation, and bases every limit', () => {
    for (const [name, meaning] of Object.entries(probe.observes)) expect(meaning.length, name).toBeGreaterThan(3)
    for (const [name, limit] of Object.entries(probe.limits)) expect(limit.basis.length > 2 && limit.unit !== '' && Number.isFinite(limit.standard), name).toBe(true)
  })

  it('reads only what it observes', () => {
    const names = Object.keys(probe.observes)
    const stray = probe.symptoms.flatMap((rule) => rule.reads.filter((read) => (read.endsWith('.') ? !names.some((name) => name.startsWith(read)) : !names.includes(read))))
    expect(stray).toEqual([])
    expect(probe.symptoms.filter((rule) => rule.reads.length === 0).map((rule) => rule.id)).toEqual([])
  })

  it('says what its symptoms mean in both languages', () => {
    for (const { id, meaning } of probe.symptoms) {
      expect(meaning.zh, id).toMatch(/\p{Script=Han}/u)
      expect(meaning.en, id).not.toMatch(/\p{Script=Han}/u)
      expect(meaning.en.trim().length, id).toBeGreaterThan(3)
    }
  })

  it('takes every symptom of nothing seen for unknown', () => {
    const nothing = { value: () => undefined, number: () => undefined, absence: () => undefined, under: () => [] }
    const limit = (name: string) => probe.limits[name]?.standard ?? expect.fail(`no limit ${name}`)
    expect(probe.symptoms.filter((rule) => rule.read(nothing, limit) !== 'unknown').map((rule) => rule.id)).toEqual([])
  })

  it('has a deadline and never moves anything by itself', () => {
    expect(probe.deadlineMs).toBeGreaterThan(0)
    expect(probe.deadlineMs).toBeLessThanOrEqual(10_000)
    expect(probe.touch).not.toBe('moves')
  })
})
