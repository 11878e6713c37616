import type { Absence } from './observation.ts'

/** Why a look at something failed, in the words that an observation uses. Every method of a bench rejects with this and nothing else. */
export class BenchError extends Error {
  readonly absence: Absence
  constructor(absence: Absence, detail: string) {
    super(detail)
    this.name = 'BenchError'
    this.absence = absence
  }
}

/** Wall time may jump; use mono for durations. */
export interface Clock {
  /** Wall time, milliseconds since 1970. */
  now(): number
  /** Milliseconds from a fixed but arbitrary point; never goes back. */
  mono(): number
  /** Resolves after that many milliseconds, or rejects with a BenchError (silent) when the probe's deadline comes first. */
  sleep(ms: number): Promise<void>
}

/** Where a byte stream is found. The dialect chooses the deny-list that guards its writes. */
export type PortAddress = { dialect: string } & (
  | { type: 'serial'; path: string; baud: number; dataBits?: 7 | 8; parity?: 'none' | 'even' | 'odd'; stopBits?: 1 | 2 }
  | { type: 'tcp'; host: string; port: number }
  | { type: 'usblp'; path: string }
)

/** State of the input lines of a serial port; undefined where the port has none (a pty, many adapters). */
export type ModemLines = { cts: boolean; dsr: boolean; dcd: boolean } | undefined

/** An open byte stream. Everything that passes is in the transcript. Closed by the bench at the latest when the probe ends. */
export interface Port {
  /** Sends bytes, or rejects: blocked if the deny-list forbids them, silent if they could not leave in time (ms, default 1000). */
  write(bytes: Uint8Array, ms?: number): Promise<void>
  /**
   * Collects what arrives until `enough` says so or `ms` have passed; empty if nothing came. Bounded at 64 KiB: the rest is dropped.
   * Rejects with missing when the other side went away.
   */
  read(ms: number, enough?: (got: Uint8Array) => boolean): Promise<Uint8Array>
  lines(): Promise<ModemLines>
  close(): Promise<void>
}

/** Facts about files; paths below /proc and /sys are mapped to the terminal file's `paths`. Never writes. */
export interface Files {
  /** Text of a file, at most 256 KiB of it (of a longer one the end). Rejects missing (no such file, or the driver has no value) or blocked (permission). */
  read(path: string): Promise<string>
  /** Names in a folder, sorted; rejects like read. */
  list(path: string): Promise<string[]>
  /** Target of a symbolic link, made absolute; rejects like read. */
  link(path: string): Promise<string>
  /** Space of the file system that holds the path, in bytes and inodes. `freeInodes` is undefined where the file system has no inode limit. */
  space(path: string): Promise<{ totalBytes: number; freeBytes: number; totalInodes?: number; freeInodes?: number }>
}

/** Kernel messages, oldest first. `ageS` is how many seconds ago each was written, undefined where its line does not say. */
export interface KernelLog {
  /** Where they were read. */
  source: string
  lines: { ageS?: number; text: string }[]
}

/** What the host says of its processes and its kernel, asked in a way that keeps answers small: no command line and no unrelated line leaves the bench. Never starts a program. */
export interface Host {
  /**
   * Messages of the running kernel that are warnings or worse or speak of storage, USB, power, heat or memory: the newest 24 KiB of them.
   * Rejects blocked (permission) or missing (no kernel log on this host).
   */
  kernelLog(): Promise<KernelLog>
  /** Processes of that name (as in /proc/PID/comm, or the file name of the program or of its script), oldest first; `ageS` since their start. While those found by an earlier call still run, younger ones may be left out. Rejects missing without /proc. */
  processes(name: string): Promise<{ pid: number; ageS: number }[]>
  /**
   * How long one key of an input device (as `/dev/input/event3`) has been repeating without a break when `ms` are over, in milliseconds.
   * Which key it is does not leave this call: what people type is nobody's business. Rejects missing (no such device), blocked (permission).
   */
  heldKey(event: string, ms: number): Promise<number>
  /** Who holds these device files open, this process and its children left out. `ancestors` are the processes that started the holder, nearest first. `unreadable` are the processes whose open files we may not see. Rejects missing without /proc. */
  holders(paths: readonly string[]): Promise<{ holders: { path: string; pid: number; process: string; ancestors: number[] }[]; unreadable: number[] }>
}

/** Times of day and days are milliseconds since 1970; durations are milliseconds. */
export interface Net {
  /** Addresses of the own interfaces. */
  addresses(): Promise<{ interface: string; address: string; family: 4 | 6; prefix: number }[]>
  /** Asks the system's resolver. Rejects: refused = the name does not exist; silent = no server answered. */
  lookup(name: string): Promise<{ addresses: string[]; ms: number }>
  /** Asks one name server (`address` or `address:port`) for A and AAAA records. Rejects as lookup; missing = nothing listens there. */
  resolve(name: string, server: string): Promise<{ addresses: string[]; ms: number }>
  /** Opens and closes a TCP connection. Rejects: refused = port closed; silent = no answer; missing = no route. */
  connect(host: string, port: number, ms: number): Promise<{ ms: number; address: string }>
  /** A full TLS handshake without trusting the result: the verdict is in `problem`, Node's error code, undefined if all is well. Rejects as connect; garbled = the port does not speak TLS. */
  tls(host: string, port: number, options: { name: string; ca?: string; ms: number }): Promise<TlsFacts>
  /**
   * One HTTP(S) request; redirects are not followed and at most 4 KiB of the answer are read, 64 KiB of that to a POST. Certificates
   * are not judged here. With `address` it connects there and the URL's name goes only into SNI and Host. A POST carries a JSON text,
   * past the deny-list of its dialect.
   */
  http(url: string, options: { method: 'GET' | 'HEAD' | 'POST'; ms: number; ca?: string; address?: string; body?: { dialect: string; json: string } }): Promise<HttpFacts>
  /** Echo requests by the system's ping; with `bytes` of that size in the whole packet (IPv4), which nobody on the way may split. Rejects: missing = no ping program (says which package), blocked = not permitted. Loss is no rejection. */
  ping(host: string, options: { count: number; ms: number; bytes?: number }): Promise<{ sent: number; received: number; rttMs: number[] }>
  /** One datagram out, the first answer back. Rejects silent, refused or missing. */
  datagram(host: string, port: number, bytes: Uint8Array, ms: number): Promise<{ bytes: Uint8Array; ms: number }>
  /**
   * Every value below the given object ids, at most 256 in all, in order; what the agent does not have is left out. `community` is the
   * agent's word for readers. Rejects: silent = no answer in time, missing or refused = nobody listens, garbled = no SNMP came back.
   */
  snmp(host: string, options: { port: number; community: string; version: '1' | '2c'; ms: number }, roots: readonly string[]): Promise<SnmpValue[]>
  /** One IPP request to `ipp://`, `ipps://` or `http://`, through a Unix socket if one is named, and the whole answer, at most 64 KiB. Rejects like http, refused also for any HTTP status but 200, blocked for a request that does more than ask. */
  ipp(address: string, request: Uint8Array, options: { ms: number; socket?: string }): Promise<{ bytes: Uint8Array; ms: number }>
}

/** One value of an SNMP agent: a number, or octets as lower-case hex. */
export interface SnmpValue {
  oid: string
  value: number | string
}

export interface TlsFacts {
  ms: number
  protocol: string
  /** Node's error code for why the chain is not trusted, as CERT_HAS_EXPIRED; undefined if it is. */
  problem?: string
  subject: string
  issuer: string
  names: string[]
  validFrom: number
  validTo: number
  /** SHA-256 of the certificate, lower-case hex. */
  fingerprint: string
  /** Which issuer each link of the chain names, leaf first. */
  chain: string[]
}

export interface HttpFacts {
  ms: number
  status: number
  /** The server's Date header as milliseconds since 1970. */
  date?: number
  /** Wall times of this host around the exchange, for the clock offset. */
  sentAt: number
  receivedAt: number
  location?: string
  bodyStart: string
}

export interface HidDevice {
  path: string
  vendorId: number
  productId: number
  usagePage?: number
  usage?: number
  manufacturer?: string
  product?: string
  serial?: string
  interface?: number
}

/** USB HID. Rejects missing when the native library cannot be loaded (and says which package would help). */
export interface Hid {
  list(): Promise<HidDevice[]>
  /**
   * Sends a feature report (first byte the report id), if there is one, and reads one back of the given length. The dialect chooses the
   * deny-list, as for ports. Rejects blocked (permission or deny-list), busy, missing, refused (the device stalls), silent.
   */
  feature(path: string, report: Uint8Array | undefined, id: number, length: number, dialect: string): Promise<Uint8Array>
  /**
   * Sends a report (first byte the report id), if there is one, and waits for one that the device sends by itself. Only what
   * src/guard/keep.ts lets of it be kept is given. Rejects as `feature`; silent if none came within `ms`, garbled if nothing of it may be kept.
   */
  input(path: string, report: Uint8Array | undefined, ms: number, dialect: string): Promise<Uint8Array>
  /**
   * Sends an output report (first byte the report id, 0 if the device numbers none), if there is one, and collects the input reports
   * that come within `ms`, or until `enough` says so; empty if none came. Bounded at 256 reports. For devices that never see a card:
   * the dialects that `mayListen` of src/guard/keep.ts names. Rejects as feature.
   */
  listen(path: string, report: Uint8Array | undefined, ms: number, dialect: string, enough?: (got: readonly Uint8Array[]) => boolean): Promise<Uint8Array[]>
  /** Report descriptor of the device at this path, at most 4096 bytes. Rejects missing (gone, or another back end than hidraw), blocked (permission). */
  descriptor(path: string): Promise<Uint8Array>
}

/** One PC/SC reader; `card` says what is in its slot. */
export interface CardSlot {
  name: string
  card: 'none' | 'present' | 'mute' | 'in-use' | 'unavailable'
  /** Answer to reset, hex. */
  atr?: string
}

/** PC/SC. Rejects missing when the service is not there (and says which package would help), blocked if it lets this user not in. */
export interface SmartCards {
  slots(): Promise<CardSlot[]>
  /**
   * Sends one command to the card in a reader, past the deny-list of the dialect `apdu`, and leaves the card as it was. Of the answer
   * only names of applications and the status word are given (src/guard/keep.ts). Rejects busy (another program holds the card),
   * missing (no such reader, no card), silent (the card does not answer), blocked or refused.
   */
  send(reader: string, command: Uint8Array): Promise<Uint8Array>
}

/** A cellular modem as the program that drives it tells; what that does not know is left out. Words are ModemManager's. */
export interface CellularModem {
  /** Names of its ports, as ttyUSB2, cdc-wdm0 or wwan0. */
  ports: string[]
  /** failed, unknown, initializing, locked, disabled, disabling, enabling, enabled, searching, registered, disconnecting, connecting or connected. */
  state: string
  /** Why it failed: unknown, sim-missing, sim-error, unknown-capabilities, esim-without-profiles; none if it did not. */
  failure?: string
  /** What must be unlocked before it can be used: none, sim-pin, sim-puk, or what begins with ph- for a lock of the modem itself. */
  lock?: string
  /** home, roaming, idle, searching, denied, unknown, or what begins so. */
  registration?: string
  /** attached, detached or unknown. */
  packetService?: string
  operator?: string
  technology?: string
  /** Received level between -113 and -51 dBm in percent, and whether it was measured lately. */
  level?: { percent: number; recent: boolean }
}

/** ModemManager, asked over the system's message bus. It is never started. Rejects missing (no bus, or it does not run), blocked (this user may not), silent, garbled, refused. */
export interface Modems {
  list(): Promise<CellularModem[]>
}

/** A person at the terminal. Rejects missing when nobody is there to answer. */
export interface Operator {
  /** Asks for consent or an answer; resolves with the chosen option's key. */
  ask(question: { zh: string; en: string }, options: readonly { key: string; zh: string; en: string }[]): Promise<string>
}

/** Everything that a probe may touch, for real or on replay. One bench serves one probe on one device. */
export interface Bench {
  readonly clock: Clock
  /** Aborted when the probe's deadline has come. */
  readonly signal: AbortSignal
  /** Rejects: missing (no such port), busy (held by another program), blocked (permission, or a person did not agree to a dialect that moves something), refused or silent (TCP). */
  open(address: PortAddress): Promise<Port>
  readonly files: Files
  readonly host: Host
  readonly net: Net
  readonly hid: Hid
  readonly smartcards: SmartCards
  readonly modems: Modems
  readonly operator: Operator
}

/** A bench lent to one probe run. */
export interface BenchLease {
  bench: Bench
  /** What passed so far, in the dialogue format, filtered, at most 64 KiB (the end is dropped and that is said). */
  transcript(): string
  /** Closes whatever the probe left open; bounded in time, never rejects. */
  release(): Promise<void>
}

/** Lends a bench for a look at one device; the signal is aborted when the probe's deadline comes. */
export type LendBench = (device: { id: string; kind: string }, signal: AbortSignal) => BenchLease
