import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { boot, type Machine } from './machine.ts'

let machine: Machine
beforeAll(async () => {
  machine = await boot({ first: '/lib/systemd/systemd', before: '/opt/posdiag/test/hardware/guest/systemd.sh', modules: ['virtio_net'] })
})
afterAll(() => machine?.cutPower())

const shown = async (unit: string, property: string): Promise<string> => (await machine.run(`systemctl show -P ${property} ${unit}`)).output.trim()
/** The guest counts its own seconds, which may be several of this machine's where that is busy. */
const PATIENCE_MS = 280_000
/** Waits in the guest until a shell condition holds; rejects with the units' journal if it does not within that many seconds. */
const until = async (condition: string, seconds: number): Promise<void> => {
  const { status } = await machine.run(`for i in $(seq ${seconds * 2}); do ${condition} && exit 0; sleep 0.5; done; exit 1`, { timeoutMs: PATIENCE_MS, anyStatus: true })
  if (status !== 0) throw new Error(`not within ${seconds} s: ${condition}\n${(await machine.run('systemctl list-jobs; journalctl -b --no-pager -o short-monotonic -u "posdiag*" -u pos | tail -60', { anyStatus: true })).output}`)
}

describe('under systemd', () => {
  it('the boot check has run and its report is kept before the POS application starts', async () => {
    await until('systemctl is-active -q pos', 150)
    const [checkEnded, posStarted, result, agent] = await Promise.all([
      shown('posdiag-boot', 'ExecMainExitTimestampMonotonic'), shown('pos', 'ExecMainStartTimestampMonotonic'), shown('posdiag-boot', 'ExecMainStatus'), shown('posdiag', 'ActiveState'),
    ])
    expect(Number(checkEnded)).toBeGreaterThan(0)
    expect(Number(posStarted)).toBeGreaterThan(Number(checkEnded))
    // 0 to 3 are verdicts; anything else would mean that nobody looked.
    expect(['0', '1', '2', '3']).toContain(result)
    expect(agent).toBe('active')
    const { output } = await machine.run('posdiag report list --state /var/lib/posdiag --json', { timeoutMs: 90_000 })
    const reports = JSON.parse(output.slice(output.search(/[[{]/))) as { trigger: string; at: number }[] | { reports: { trigger: string; at: number }[] }
    const list = Array.isArray(reports) ? reports : reports.reports
    expect(list.map((r) => r.trigger)).toContain('boot')
  })

  it('the agent runs as its own user, with its state private', async () => {
    const pid = await shown('posdiag', 'MainPID')
    expect((await machine.run(`stat -c %U /proc/${pid}`)).output.trim()).toBe('posdiag')
    expect((await machine.run('stat -c "%U %a" /var/lib/posdiag/store.db')).output.trim()).toBe('posdiag 600')
  })

  it('is back after kill -9, and the POS application goes on', async () => {
    const before = await shown('posdiag', 'MainPID')
    await machine.run(`kill -9 ${before}`)
    await until(`systemctl is-active -q posdiag && [ "$(systemctl show -P MainPID posdiag)" != ${before} ]`, 90)
    expect(await shown('posdiag', 'NRestarts')).toBe('1')
    expect(await shown('pos', 'ActiveState')).toBe('active')
  })

  it('is restarted by the watchdog when it hangs', async () => {
    const before = await shown('posdiag', 'MainPID')
    await machine.run(`kill -STOP ${before}`)
    await until(`systemctl is-active -q posdiag && [ "$(systemctl show -P MainPID posdiag)" != ${before} ]`, 120)
    expect((await machine.run('journalctl -b -u posdiag --no-pager -o cat')).output).toMatch(/[Ww]atchdog timeout/)
  })
})
