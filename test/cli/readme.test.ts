import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { posdiag, ROOT } from '../end-to-end/till.ts'

describe('the table of commands', async () => {
  const { out } = await posdiag(['--help', '--lang', 'en'])
  const commands = [...out.slice(out.indexOf('Commands:')).matchAll(/^ {2}([a-z]+) /gm)].map(([, name = '']) => name).filter((name) => name !== 'help').sort()

  it.each(['README.md', 'README.zh-CN.md'])('of %s has every command of the program, and no other', (name) => {
    const rows = readFileSync(join(ROOT, name), 'utf8').split('\n').filter((line) => line.startsWith('| `posdiag '))
    const named = rows.flatMap((row) => [...(row.split(' | ')[0] ?? '').matchAll(/`posdiag ([a-z]+)/g)].map(([, command = '']) => command))
    expect(commands.length).toBeGreaterThan(15)
    expect([...new Set(named)].sort()).toEqual(commands)
  })
})
