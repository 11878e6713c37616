import * as z from 'zod'
import { DeviceId, DeviceKind, Tender, Transport } from './device.ts'
import { JournalSource } from './journal.ts'
import { Plan } from './maintenance.ts'
import { Service, Settlement } from './service.ts'

const hostname = z.string().min(1).max(253)

/** One fitted device. */
export const Device = z.strictObject({
  id: DeviceId,
  kind: DeviceKind,
  transport: Transport,
  /** Model profile id; without one the probe recognises the model itself where it can. */
  profile: z.string().optional(),
  /** Devices that must work for this one to work: its UPS, its hub, its link. `host` is always one of them. */
  dependsOn: z.array(DeviceId).default([]),
  /** Overrides of the probe's limits for this device alone, as `printer.cuts: 2000000`; they go before those of the terminal. A profile brings those of its model. */
  limits: z.record(z.string(), z.number()).optional(),
  /** Kind-specific settings; the probe's documentation names them. */
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])).default({}),
})
export type Device = z.infer<typeof Device>

/** A server that the terminal must reach. It becomes a device of kind `endpoint`. */
export const Endpoint = z.strictObject({
  id: DeviceId,
  role: z.enum(['acquirer', 'wallet', 'tms', 'hq', 'neutral']),
  host: hostname,
  port: z.int().min(1).max(65535).default(443),
  tls: z.boolean().default(true),
  /** PEM file with the only roots to trust, where the server does not use a public one. */
  ca: z.string().optional(),
  /** Part of the name of the issuer that the certificate must come from, as `DigiCert`; another one is taken for somebody who listens in. */
  issuer: z.string().min(3).max(100).optional(),
  /** Path of a harmless GET; without one the ladder ends at TLS. */
  httpPath: z.string().startsWith('/').optional(),
})
export type Endpoint = z.infer<typeof Endpoint>

/** Something without a probe that devices hang on, which name it in their `dependsOn`: a USB hub, or a socket or power strip. A hub hangs on the host and a strip on the mains unless told otherwise. */
export const Node = z.strictObject({ id: DeviceId, is: z.enum(['hub', 'outlet']), dependsOn: z.array(DeviceId).optional() })
export type Node = z.infer<typeof Node>

/** What one way of taking money relies on. `uses`: without it the tender is impossible. `wants`: without it the tender is worse. */
export const TenderNeeds = z.strictObject({ uses: z.array(DeviceId).default([]), wants: z.array(DeviceId).default([]) })
export type TenderNeeds = z.infer<typeof TenderNeeds>

/** The terminal file: what is fitted and what is expected. YAML on disk; published as the JSON Schema `terminal`. */
export const TerminalFile = z.strictObject({
  terminal: z.strictObject({
    id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/),
    merchant: z.string().max(64).optional(),
    store: z.string().max(100).optional(),
    region: z.string().max(100).optional(),
    lane: z.string().max(32).optional(),
    model: z.string().max(100).optional(),
    serial: z.string().max(100).optional(),
    timeZone: z.string().optional(),
  }),
  devices: z.array(Device).default([]),
  endpoints: z.array(Endpoint).default([]),
  nodes: z.array(Node).default([]),
  network: z.strictObject({
    /** Interface that carries payments; without it the one of the default route. */
    interface: z.string().optional(),
    /** Gateway to ask instead of the one of the default route. */
    gateway: z.string().optional(),
    /** Name servers to ask directly (`address` or `address:port`) instead of those of resolv.conf. */
    resolvers: z.array(z.string()).default([]),
    /** Time server to hold the clock against (SNTP). */
    timeServer: hostname.optional(),
    /** A name that must resolve, besides the endpoints' own. */
    knownName: hostname.optional(),
  }).prefault({}),
  pos: z.strictObject({
    /** Name of the POS application's process, as in /proc/PID/comm or the end of its command line. */
    process: z.string(),
    /** Ports (device ids) that the application is expected to hold. */
    holds: z.array(DeviceId).default([]),
    version: z.string().optional(),
    minimumVersion: z.string().optional(),
    /** File whose first line is the application's version. */
    versionFile: z.string().optional(),
  }).optional(),
  /** Ways of taking money that the shop offers, and what each relies on. Without an entry it is worked out from the devices fitted. */
  tenders: z.partialRecord(Tender, TenderNeeds).optional(),
  /** Journals of the POS application, the terminal or the acquirer that the agent follows. */
  journals: z.array(JournalSource).default([]),
  /** What the money trail is judged by. */
  money: z.strictObject({
    /** How long the terminal waits for the host, in seconds, as its parameters say. */
    timeoutS: z.number().min(5).max(600).default(60),
    /** When the business day ends, local time; an open batch is late from then on. */
    dayEnds: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/).default('00:00'),
    /** Offset of the shop's local time. */
    offset: z.string().regex(/^[+-]\d\d:\d\d$/).default('+08:00'),
    /** Terminal and merchant numbers that the acquirer registered for this terminal. */
    tid: z.string().regex(/^[A-Za-z0-9]{1,8}$/).optional(),
    mid: z.string().regex(/^[A-Za-z0-9]{1,15}$/).optional(),
    /** When money is credited; without it nothing is called overdue. */
    settlement: Settlement.optional(),
    /** Files with tables of response codes of the acquirer's own, as `posdiag schema codes` describes them. */
    codes: z.array(z.string().min(1)).default([]),
  }).prefault({}),
  /** Contacts, contracts, fees and papers. */
  service: Service.prefault({}),
  /** What is done to keep the terminal well, and how often. */
  maintenance: Plan.prefault({}),
  /** Disks (any path on them) to watch; `/` and the agent's own state are always watched. */
  disks: z.array(z.string()).default([]),
  /** Overrides of probes' limits by name, as `host.disk-free-percent: 5`. */
  limits: z.record(z.string(), z.number()).default({}),
  /** Where this host's kernel files are, for containers and stand-ins. */
  paths: z.strictObject({ proc: z.string().default('/proc'), sys: z.string().default('/sys') }).prefault({}),
})
export type TerminalFile = z.infer<typeof TerminalFile>

/** Who a terminal is, as reports say it. */
export type TerminalIdentity = TerminalFile['terminal']
