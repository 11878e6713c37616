import { type Bench, BenchError, type Port } from '../../src/model/bench.ts'
import { looked, type Missed, missed, type Sight, saw } from '../../src/model/probe.ts'
import type { Device } from '../../src/model/terminal.ts'
import { type AtAnswer, dbmOf, fieldsOf, readAt, registrationOf, simTrouble, technologyOf } from './at.ts'
import type { Link } from './link.ts'
import { lookAtManagedModem } from './managed-modem.ts'

/** A modem that is searching may take that long. */
const ANSWER_MS = 1500
/** What came before the question is no answer to it. */
const STALE_MS = 20

const ask = async (port: Port, command: string): Promise<AtAnswer> => {
  await port.read(STALE_MS)
  await port.write(Buffer.from(`${command}\r`, 'latin1'))
  return readAt(await port.read(ANSWER_MS, (bytes) => readAt(bytes, command).is !== 'waiting'), command)
}

const SILENT: Missed = { absent: 'silent', detail: 'the modem does not answer AT: another port of it may be the one for commands' }

const sim = (answer: AtAnswer): Sight => {
  if (answer.is === 'waiting') return missed('network.sim-ready', SILENT)
  if (answer.is === 'error') {
    const trouble = simTrouble(answer.code)
    return missed('network.sim-ready', trouble === undefined ? { absent: 'garbled', detail: `the modem answers an error${answer.code === undefined ? '' : ` (${answer.code})`} to AT+CPIN` } : { absent: answer.code === 10 ? 'missing' : 'refused', detail: trouble })
  }
  const [state = ''] = fieldsOf(answer.lines, 'CPIN') ?? []
  return state === 'READY' ? saw('network.sim-ready', true) : missed('network.sim-ready', { absent: 'refused', detail: `the SIM card says ${state.slice(0, 20) || 'nothing'}` })
}

const REGISTRATION = { none: 'not registered and not searching', searching: 'searching for a network', denied: 'the network refuses this SIM card' } as const

/** Registered in any of the three domains is registered: a modem for data alone never is in the first. */
const registered = async (port: Port): Promise<Sight> => {
  let worst: keyof typeof REGISTRATION | undefined
  for (const name of ['CEREG', 'CGREG', 'CREG']) {
    const answer = await ask(port, `AT+${name}?`)
    const state = answer.is === 'ok' ? registrationOf(fieldsOf(answer.lines, name) ?? []) : undefined
    if (state === 'home' || state === 'roaming') return saw('network.modem-registered', true)
    if (state === 'denied' || worst === undefined) worst = state ?? worst
  }
  return missed('network.modem-registered', worst === undefined ? { absent: 'garbled', detail: 'the modem does not tell whether it is registered' } : { absent: 'refused', detail: REGISTRATION[worst] })
}

const level = (answer: AtAnswer): Sight[] => {
  const dbm = answer.is === 'ok' ? dbmOf(fieldsOf(answer.lines, 'CSQ') ?? []) : undefined
  return dbm === undefined ? [] : [saw('network.modem-dbm', dbm)]
}

const operator = (answer: AtAnswer): Sight[] => {
  const fields = answer.is === 'ok' ? (fieldsOf(answer.lines, 'COPS') ?? []) : []
  const technology = technologyOf(fields)
  return [...(fields[2] ? [saw('network.modem-operator', fields[2].slice(0, 40))] : []), ...(technology === undefined ? [] : [saw('network.modem-technology', technology)])]
}

const attached = (answer: AtAnswer): Sight[] => {
  const [state] = answer.is === 'ok' ? (fieldsOf(answer.lines, 'CGATT') ?? []) : []
  return state === '0' || state === '1' ? [saw('network.modem-attached', state === '1')] : []
}

const converse = async (port: Port): Promise<Sight[]> => {
  const alive = await ask(port, 'AT')
  if (alive.is !== 'ok') return [missed('network.modem-answers', SILENT)]
  return [
    saw('network.modem-answers', true),
    sim(await ask(port, 'AT+CPIN?')),
    await registered(port),
    ...level(await ask(port, 'AT+CSQ')),
    ...attached(await ask(port, 'AT+CGATT?')),
    ...operator(await ask(port, 'AT+COPS?')),
  ]
}

const askPort = async ({ transport }: Device, bench: Bench): Promise<Sight[]> => {
  if (transport.type !== 'serial') return []
  const opened = await looked(bench.open({ type: 'serial', path: transport.path, baud: transport.baud, dialect: 'at' }))
  if ('absent' in opened) return [missed('network.modem-answers', opened)]
  try {
    return await converse(opened.value)
  } catch (error) {
    if (error instanceof BenchError) return [missed('network.modem-answers', { absent: error.absence, detail: error.message })]
    throw error
  } finally {
    await opened.value.close()
  }
}

/**
 * A cellular modem: is it alive, its SIM, its registration, level, packet service and operator. One that ModemManager drives is left
 * to it, and it is asked; any other is asked on its port for commands, with questions alone (3GPP 27.007).
 */
export const lookAtModem = async (device: Device, bench: Bench, link: Link): Promise<Sight[]> => (await lookAtManagedModem(device, bench, link)) ?? askPort(device, bench)
