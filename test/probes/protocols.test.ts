import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { endpoint } from '../../probes/endpoint/probe.ts'
import { host } from '../../probes/host/probe.ts'
import { network } from '../../probes/network/probe.ts'

const PAGES = [
  { page: 'network', probes: [network, endpoint] },
  { page: 'host', probes: [host] },
] as const

/** Rows of the page's tables that have five columns: query or bit, meaning, observation, state, reason. */
const rowsOf = (page: string): string[][] =>
  readFileSync(new URL(`../../docs/protocols/${page}.md`, import.meta.url), 'utf8').split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| query or bit'))
    .map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()))

describe.each(PAGES)('docs/protocols/$page.md', ({ page, probes }) => {
  const rows = rowsOf(page)
  const named = rows.map(([, , observation = '']) => observation.replaceAll('`', '')).filter((name) => name !== '')

  it('has rows of five columns, each implemented or left out with its reason', () => {
    expect(rows.filter((row) => row.length !== 5)).toEqual([])
    expect(rows.filter(([, , , state = '']) => !['implemented', 'left out'].includes(state))).toEqual([])
    expect(rows.filter(([, , , state = '', reason = '']) => state === 'left out' && reason.length < 10)).toEqual([])
    expect(rows.length).toBeGreaterThan(30)
  })

  it('names every observation of the probes once, and none that they do not know', () => {
    expect([...named].sort()).toEqual(probes.flatMap((probe) => Object.keys(probe.observes)).sort())
  })
})
