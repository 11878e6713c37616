import { describe, expect, it } from 'vitest'
import { fitted, upstream } from '../../src/model/fitted.ts'
import { TerminalFile } from '../../src/model/terminal.ts'

const terminal = (more: object): TerminalFile => TerminalFile.parse({ terminal: { id: 'T-1' }, ...more })
const ids = (file: TerminalFile): string[] => fitted(file).map((d) => d.id)

describe('the devices of a terminal', () => {
  it('are at least those that every terminal has', () => {
    expect(ids(terminal({}))).toEqual(['mains', 'host', 'link-1', 'environment', 'configuration'])
  })

  it('hang on each other down to the server: endpoint on link, link on host, host on every power', () => {
    const devices = fitted(terminal({
      devices: [{ id: 'ups-1', kind: 'power', transport: { type: 'nut', host: '127.0.0.1', ups: 'u' } }],
      endpoints: [{ id: 'acquirer-1', role: 'acquirer', host: 'pay.example' }],
    }))
    expect(upstream('acquirer-1', devices)).toEqual(new Set(['link-1', 'host', 'mains', 'ups-1']))
    expect(upstream('ups-1', devices)).toEqual(new Set())
  })

  it('need the link if they are reached over the network, and not if they are on this host', () => {
    const printer = (id: string, host: string) => ({ id, kind: 'printer', transport: { type: 'tcp', host, port: 9100 } })
    const devices = fitted(terminal({ devices: [printer('printer-1', '192.0.2.7'), printer('printer-2', '127.0.0.1')] }))
    expect(upstream('printer-1', devices)).toContain('link-1')
    expect(upstream('printer-2', devices)).not.toContain('link-1')
  })

  it('take a declared network device for the link, with the settings of the network', () => {
    const devices = fitted(terminal({
      devices: [{ id: 'wan', kind: 'network', transport: { type: 'host' }, settings: { interface: 'wwan0' } }],
      network: { gateway: '192.0.2.1' }, endpoints: [{ id: 'hq-1', role: 'hq', host: 'hq.example' }],
    }))
    expect(devices.map((d) => d.id)).not.toContain('link-1')
    expect(devices.find((d) => d.id === 'wan')?.settings).toMatchObject({ interface: 'wwan0', gateway: '192.0.2.1' })
    expect(upstream('hq-1', devices)).toContain('wan')
  })

  it('keep what the file says of a declared host or configuration beside what the terminal says', () => {
    const devices = fitted(terminal({
      devices: [{ id: 'configuration', kind: 'configuration', transport: { type: 'host' }, settings: { parameterFiles: ['/etc/pos=aa'] } }],
      pos: { process: 'till', minimumVersion: '2.0' },
    }))
    expect(devices.find((d) => d.id === 'configuration')?.settings).toMatchObject({ parameterFiles: ['/etc/pos=aa'], minimumVersion: '2.0' })
  })

  it('do not go round in circles', () => {
    const devices = fitted(terminal({ devices: [
      { id: 'a', kind: 'scanner', transport: { type: 'host' }, dependsOn: ['b'] },
      { id: 'b', kind: 'scanner', transport: { type: 'host' }, dependsOn: ['a'] },
    ] }))
    expect(upstream('a', devices)).toEqual(new Set(['b', 'host', 'mains']))
  })
})
