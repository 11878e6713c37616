import { chanceOf } from '../fixtures/world/chance.ts'
import { look } from '../fixtures/world/look.ts'
import { troubles } from '../fixtures/world/troubles.ts'
import { healthyWorld, thing } from '../fixtures/world/world.ts'
import { probes } from '../probes/index.ts'
import { weigh } from '../src/check/run.ts'
import { catalogue } from '../src/faults/index.ts'
import { fitted } from '../src/model/fitted.ts'
import { TerminalFile } from '../src/model/terminal.ts'
import { type Figure, median, spread } from './figures.ts'

const LIMIT_MS = 20
/** Symptoms that the terminal must have at least, so that the figure is that of a large one. */
const SYMPTOMS = 300

const several = (n: number, make: (i: number) => object): object[] => Array.from({ length: n }, (_, i) => make(i + 1))

/** A terminal larger than any till: so many devices that they have 300 symptoms between them. */
const large = TerminalFile.parse({
  terminal: { id: 'LARGE-1', timeZone: 'Asia/Shanghai' },
  devices: [
    ...several(3, (i) => ({ id: `ups-${i}`, kind: 'power', transport: { type: 'nut', ups: `u${i}` } })),
    ...several(3, (i) => ({ id: `reader-${i}`, kind: 'reader', transport: { type: 'serial', path: `/dev/ttyUSB${i}` }, dependsOn: ['hub-1', `ups-${i}`] })),
    ...several(2, (i) => ({ id: `pinpad-${i}`, kind: 'pinpad', transport: { type: 'serial', path: `/dev/ttyACM${i}` }, dependsOn: ['hub-1'] })),
    ...several(4, (i) => ({ id: `printer-${i}`, kind: 'printer', transport: i % 2 === 0 ? { type: 'tcp', host: `192.168.1.${i}`, port: 9100 } : { type: 'usblp', path: `/dev/usb/lp${i}` }, dependsOn: ['strip-1'] })),
    ...several(2, (i) => ({ id: `scanner-${i}`, kind: 'scanner', transport: { type: 'usb', vendorId: '05e0' }, dependsOn: ['hub-1'] })),
    ...several(2, (i) => ({ id: `keyboard-${i}`, kind: 'keyboard', transport: { type: 'usb', vendorId: '046d' } })),
    ...several(2, (i) => ({ id: `display-${i}`, kind: 'display', transport: { type: 'host' } })),
  ],
  endpoints: several(6, (i) => ({ id: `acquirer-${i}`, role: i === 6 ? 'neutral' : 'acquirer', host: `a${i}.example.com`, tls: i !== 6, httpPath: '/' })),
  nodes: [{ id: 'hub-1', is: 'hub' }, { id: 'strip-1', is: 'outlet' }],
  pos: { process: 'pos', holds: ['printer-1'] },
})

const TROUBLES: Readonly<Record<string, readonly string[]>> = {
  'all well': [],
  'one fault': ['PRN-COVER-OPEN open'],
  'an outage that takes everything along': ['PWR-AC-LOST outage', 'NET-LINK-DOWN unplugged'],
  'five faults at once, one a cascade': ['NET-LINK-DOWN unplugged', 'PER-USB-UNSTABLE hub', 'PRN-PAPER-OUT used-up', 'SYS-DISK-LOW space', 'CRD-READER-OFFLINE unplugged'],
}

const seenWith = (names: readonly string[]) => {
  const world = healthyWorld(large, chanceOf('bench'))
  for (const name of names) {
    const trouble = troubles.find((t) => `${t.fault} ${t.way}` === name)
    const device = world.devices.find((d) => d.kind === trouble?.on && (trouble.fits?.(thing(world, d.id), world) ?? true))
    if (trouble && device) trouble.strike(thing(world, device.id), world, chanceOf(name))
    else throw new Error(`the large terminal has no place for ${name}`)
  }
  return look(world, chanceOf('bench look'), new Set()).map((o, at) => ({ ...o, at }))
}

/** Time of a whole diagnosis of a large terminal, symptoms and readiness included. */
export const measureDiagnosis = async ({ quick }: { quick: boolean }): Promise<Figure[]> => {
  const devices = fitted(large)
  return Object.entries(TROUBLES).map(([what, names]): Figure => {
    const observations = seenWith(names)
    const times: number[] = []
    let symptoms = 0
    for (let i = 0; i < (quick ? 30 : 200); i += 1) {
      const started = performance.now()
      symptoms = weigh({ terminal: large, probes, knowledge: catalogue }, devices, observations).symptoms.length
      times.push(performance.now() - started)
    }
    if (symptoms < SYMPTOMS) throw new Error(`the large terminal has but ${symptoms} symptoms`)
    const warm = times.slice(10)
    return { what: `${what}: ${catalogue.faults.length} faults, ${symptoms} symptoms`, got: `${spread(warm)} ms`, aim: `≤ ${LIMIT_MS} ms`, reached: median(warm) <= LIMIT_MS }
  })
}
