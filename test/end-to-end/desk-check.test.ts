import { createServer } from 'node:net'
import { expect, it } from 'vitest'
import { SILENT_LOG } from '../../src/agent/log.ts'
import { startHere } from '../../src/cli/agent.ts'
import { Report } from '../../src/model/report.ts'
import { TerminalFile } from '../../src/model/terminal.ts'
import { posdiag, scratch } from './till.ts'

const NEVER_MS = 3_600_000

it('posdiag check has a running agent check within the time asked, or the nearest that the agent allows, and says so', async () => {
  await using folder = await scratch()
  // Takes the connection and never says a word.
  const mute = createServer((socket) => void socket.on('error', () => socket.destroy()).resume())
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
  const address = mute.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  const terminal = TerminalFile.parse({ terminal: { id: 'T-1' }, devices: [{ id: 'printer-1', kind: 'printer', transport: { type: 'tcp', host: '127.0.0.1', port: address.port } }] })
  const agent = await startHere({ stateDir: folder.path, terminal, log: SILENT_LOG, roundMs: NEVER_MS, fullMs: NEVER_MS })
  try {
    await agent.booted
    const check = async (...args: string[]) => {
      const ran = await posdiag(['check', '--json', '--only', 'printer', '--state', folder.path, ...args])
      if (ran.out === '') throw new Error(ran.err)
      return { run: Report.parse(JSON.parse(ran.out)).check.runs.find(({ device }) => device === 'printer-1'), err: ran.err }
    }
    const brief = await check('--deadline', '200ms', '--lang', 'zh-CN')
    expect(brief.run).toMatchObject({ outcome: 'late' })
    expect(brief.err).toContain('守护程序不按这个时限检查，这次最多用 500 毫秒')
    const usual = await check('--lang', 'en')
    expect(usual.run).toMatchObject({ outcome: 'done' })
    expect(usual.err).not.toContain('may take')
    const long = await check('--deadline', '2m', '--lang', 'en')
    expect(long.err).toContain('the agent does not check within that time; this check may take 60000 ms')
  } finally {
    await agent.stop('test')
    await new Promise((resolve) => mute.close(resolve))
  }
})
