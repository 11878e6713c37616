import type { Bench } from '../model/bench.ts'
import { hex } from '../model/dialogue.ts'

/** The parts of a bench that are asked and answer once. */
export type Asked = Pick<Bench, 'files' | 'host' | 'net' | 'hid' | 'smartcards' | 'modems' | 'operator'>

/**
 * One question as a dialogue writes it. Deadlines, roots to trust and what is posted are left out of the arguments: they depend on
 * the moment and the place, and the answer belongs to the question without them.
 */
export interface Question<T> {
  call: string
  args: unknown[]
  ask(of: Asked): Promise<T>
  /** The answer as JSON can hold it; the answer itself where there is none. Bytes are hex. */
  told?(value: T): unknown
}

/** Bytes in words of four: a descriptor is the same for every unit, and in one row it would at times look like a card number. */
const inWords = (bytes: Uint8Array): string[] => Array.from({ length: Math.ceil(bytes.length / 4) }, (_, i) => hex(bytes.subarray(4 * i, 4 * i + 4)))

/** How every question of a bench is put. */
export type Put = <T>(question: Question<T>) => Promise<T>

/** A bench's askable parts, each call of which goes through `put`. */
export const asking = (put: Put): Asked => ({
  files: {
    read: (path) => put({ call: 'files.read', args: [path], ask: (of) => of.files.read(path) }),
    list: (path) => put({ call: 'files.list', args: [path], ask: (of) => of.files.list(path) }),
    link: (path) => put({ call: 'files.link', args: [path], ask: (of) => of.files.link(path) }),
    space: (path) => put({ call: 'files.space', args: [path], ask: (of) => of.files.space(path) }),
  },
  host: {
    kernelLog: () => put({ call: 'host.kernelLog', args: [], ask: (of) => of.host.kernelLog() }),
    processes: (name) => put({ call: 'host.processes', args: [name], ask: (of) => of.host.processes(name) }),
    heldKey: (event, ms) => put({ call: 'host.heldKey', args: [event], ask: (of) => of.host.heldKey(event, ms) }),
    holders: (paths) => put({ call: 'host.holders', args: [paths], ask: (of) => of.host.holders(paths) }),
  },
  net: {
    addresses: () => put({ call: 'net.addresses', args: [], ask: (of) => of.net.addresses() }),
    lookup: (name) => put({ call: 'net.lookup', args: [name], ask: (of) => of.net.lookup(name) }),
    resolve: (name, server) => put({ call: 'net.resolve', args: [name, server], ask: (of) => of.net.resolve(name, server) }),
    connect: (host, port, ms) => put({ call: 'net.connect', args: [host, port], ask: (of) => of.net.connect(host, port, ms) }),
    tls: (host, port, options) => put({ call: 'net.tls', args: [host, port, { name: options.name }], ask: (of) => of.net.tls(host, port, options) }),
    http: (url, options) => put({
      call: 'net.http',
      args: [url, { method: options.method, ...(options.address === undefined ? {} : { address: options.address }), ...(options.body ? { dialect: options.body.dialect } : {}) }],
      ask: (of) => of.net.http(url, options),
    }),
    ping: (host, options) => put({ call: 'net.ping', args: [host, { count: options.count, ...(options.bytes === undefined ? {} : { bytes: options.bytes }) }], ask: (of) => of.net.ping(host, options) }),
    datagram: (host, port, bytes, ms) => put({
      call: 'net.datagram',
      args: [host, port, hex(bytes)],
      ask: (of) => of.net.datagram(host, port, bytes, ms),
      told: (answer) => ({ ...answer, bytes: hex(answer.bytes) }),
    }),
    // The community is a password of a kind, and stays out of transcripts.
    snmp: (host, options, roots) => put({ call: 'net.snmp', args: [host, options.port, options.version, roots], ask: (of) => of.net.snmp(host, options, roots) }),
    ipp: (address, request, options) => put({
      call: 'net.ipp',
      args: [address, hex(request), ...(options.socket === undefined ? [] : [options.socket])],
      ask: (of) => of.net.ipp(address, request, options),
      told: (answer) => ({ ...answer, bytes: hex(answer.bytes) }),
    }),
  },
  hid: {
    list: () => put({ call: 'hid.list', args: [], ask: (of) => of.hid.list() }),
    feature: (path, report, id, length, dialect) => put({
      call: 'hid.feature',
      args: [path, report === undefined ? null : hex(report), id, length],
      ask: (of) => of.hid.feature(path, report, id, length, dialect),
      told: hex,
    }),
    input: (path, report, ms, dialect) => put({
      call: 'hid.input',
      args: [path, report === undefined ? null : hex(report), dialect],
      ask: (of) => of.hid.input(path, report, ms, dialect),
      told: hex,
    }),
    listen: (path, report, ms, dialect, enough) => put({
      call: 'hid.listen',
      args: [path, report === undefined ? null : hex(report)],
      ask: (of) => of.hid.listen(path, report, ms, dialect, enough),
      told: (reports) => reports.map(hex),
    }),
    descriptor: (path) => put({ call: 'hid.descriptor', args: [path], ask: (of) => of.hid.descriptor(path), told: inWords }),
  },
  smartcards: {
    slots: () => put({ call: 'smartcards.slots', args: [], ask: (of) => of.smartcards.slots() }),
    send: (reader, command) => put({ call: 'smartcards.send', args: [reader, hex(command)], ask: (of) => of.smartcards.send(reader, command), told: hex }),
  },
  modems: {
    list: () => put({ call: 'modems.list', args: [], ask: (of) => of.modems.list() }),
  },
  operator: {
    ask: (question, options) => put({ call: 'operator.ask', args: [question.en, options.map(({ key }) => key)], ask: (of) => of.operator.ask(question, options) }),
  },
})
