import type { DeviceKind } from './device.ts'
import type { Device, Endpoint, TerminalFile } from './terminal.ts'

const implicit = (id: string, kind: DeviceKind, dependsOn: string[]): Device => ({ id, kind, transport: { type: 'host' }, dependsOn, settings: {} })

const onLink = (device: Device): boolean =>
  (device.transport.type === 'tcp' || device.transport.type === 'nut') && !/^(127\.|localhost$|::1$)/.test(device.transport.host)

const asDevice = (endpoint: Endpoint, link: string, resolvers: string[]): Device => ({
  id: endpoint.id,
  kind: 'endpoint',
  transport: { type: 'tcp', host: endpoint.host, port: endpoint.port },
  dependsOn: [link],
  settings: {
    role: endpoint.role,
    tls: endpoint.tls,
    ...(endpoint.ca === undefined ? {} : { ca: endpoint.ca }),
    ...(endpoint.issuer === undefined ? {} : { issuer: endpoint.issuer }),
    ...(endpoint.httpPath === undefined ? {} : { httpPath: endpoint.httpPath }),
    ...(resolvers.length === 0 ? {} : { resolvers }),
  },
})

/** What the link may be tried with: `names` are hosts, `pages` the plain HTTP addresses of neutral servers, in whose stead a captive portal would answer. */
const trials = (endpoints: readonly Endpoint[]): Device['settings'] => {
  const neutral = endpoints.filter((e) => e.role === 'neutral')
  const names = [...new Set([...neutral, ...endpoints].map((e) => e.host))]
  const pages = neutral.filter((e) => !e.tls && e.httpPath !== undefined).map((e) => `http://${e.host}:${e.port}${e.httpPath}`)
  return { ...(names.length === 0 ? {} : { names }), ...(pages.length === 0 ? {} : { pages }) }
}

/**
 * Every device of a terminal: those of its file, its endpoints, and those that every terminal has - `mains` (power as the host
 * sees it), `host`, `link-1` (unless the file declares a network device), `environment` and `configuration`. Dependencies are
 * completed: host on power, everything else on host, endpoints and network devices on the link.
 */
export const fitted = (file: TerminalFile): Device[] => {
  const declared = file.devices
  const powers = declared.filter((d) => d.kind === 'power').map((d) => d.id)
  const link = declared.find((d) => d.kind === 'network')?.id ?? 'link-1'
  const has = (id: string) => declared.some((d) => d.id === id)
  const settings: Device['settings'] = {
    ...(file.network.interface === undefined ? {} : { interface: file.network.interface }),
    ...(file.network.gateway === undefined ? {} : { gateway: file.network.gateway }),
    ...(file.network.timeServer === undefined ? {} : { timeServer: file.network.timeServer }),
    ...(file.network.knownName === undefined ? {} : { knownName: file.network.knownName }),
    ...(file.network.resolvers.length === 0 ? {} : { resolvers: file.network.resolvers }),
    ...trials(file.endpoints),
  }
  const pos: Device['settings'] = file.pos === undefined ? {} : { process: file.pos.process, holds: file.pos.holds }
  const versions: Device['settings'] = {
    ...(file.pos?.version === undefined ? {} : { version: file.pos.version }),
    ...(file.pos?.minimumVersion === undefined ? {} : { minimumVersion: file.pos.minimumVersion }),
    ...(file.pos?.versionFile === undefined ? {} : { versionFile: file.pos.versionFile }),
    ...(file.terminal.timeZone === undefined ? {} : { timeZone: file.terminal.timeZone }),
  }
  const everywhere: Device[] = [
    implicit('mains', 'power', []),
    { ...implicit('host', 'host', ['mains', ...powers]), settings: { ...pos, disks: file.disks } },
    { ...implicit('link-1', 'network', ['host']), settings },
    implicit('environment', 'environment', []),
    { ...implicit('configuration', 'configuration', ['host']), settings: versions },
  ]
  return [
    ...everywhere.filter((d) => !has(d.id) && (d.kind !== 'network' || link === 'link-1')),
    ...declared.map((d) => ({
      ...d,
      ...(d.id === link ? { settings: { ...settings, ...d.settings } } : {}),
      ...(d.kind === 'configuration' ? { settings: { ...versions, ...d.settings } } : {}),
      ...(d.kind === 'host' ? { settings: { ...pos, disks: file.disks, ...d.settings } } : {}),
      dependsOn: [...new Set([...d.dependsOn, ...(d.kind === 'power' ? [] : ['host']), ...(onLink(d) && d.id !== link ? [link] : [])])],
    })),
    ...file.endpoints.map((e) => asDevice(e, link, file.network.resolvers)),
  ]
}

/** Ids of everything that this device needs, directly or not, itself not included. */
export const upstream = (id: string, devices: readonly Device[]): Set<string> => {
  const found = new Set<string>()
  const visit = (of: string): void => {
    for (const next of devices.find((d) => d.id === of)?.dependsOn ?? []) {
      if (next !== id && !found.has(next)) {
        found.add(next)
        visit(next)
      }
    }
  }
  visit(id)
  return found
}
