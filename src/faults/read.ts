import * as z from 'zod'
import { ChangeKind } from '../model/diagnosis.ts'
import { Fault, type GroupBasis } from '../model/fault.ts'
import cardReader from './card-reader.json' with { type: 'json' }
import changes from './changes.json' with { type: 'json' }
import configuration from './configuration.json' with { type: 'json' }
import depositPreauth from './deposit-preauth.json' with { type: 'json' }
import environment from './environment.json' with { type: 'json' }
import groups from './groups.json' with { type: 'json' }
import hostSoftware from './host-software.json' with { type: 'json' }
import leaks from './leaks.json' with { type: 'json' }
import network from './network.json' with { type: 'json' }
import peripherals from './peripherals.json' with { type: 'json' }
import power from './power.json' with { type: 'json' }
import printer from './printer.json' with { type: 'json' }
import securityTamper from './security-tamper.json' with { type: 'json' }
import serviceStatus from './service-status.json' with { type: 'json' }
import settlementFunds from './settlement-funds.json' with { type: 'json' }
import transaction from './transaction.json' with { type: 'json' }

const basis = z.string().min(3)
const Leak = z.strictObject({ p: z.number().gt(0).lt(1), basis })

/** How often a healthy terminal shows a symptom: `standard` where a symptom has no row of its own. */
const Leaks = z.strictObject({ standard: Leak, symptoms: z.record(z.string(), Leak) })

/** How often a healthy terminal sees each change, and for how long a change counts. */
const Changes = z.record(ChangeKind, z.strictObject({ hours: z.number().positive(), p: z.number().gt(0).lt(1), basis }))

/** How far a group of devices is believed to share a hub or strip. */
const Groups = z.record(z.enum(['declared', 'path', 'lost-together', 'missing-together', 'all']), z.strictObject({ p: z.number().gt(0).max(1), basis }))

const subsystems = [
  cardReader, printer, power, network, hostSoftware, peripherals, environment, configuration,
  transaction, settlementFunds, depositPreauth, serviceStatus, securityTamper,
]

/** The catalogue as its files say it, checked: plain data, so that a build can check it once and publish what came out. */
export interface Written {
  faults: readonly Fault[]
  leaks: z.infer<typeof Leaks>
  changes: z.infer<typeof Changes>
  groups: Readonly<Record<GroupBasis, { p: number }>>
}

/** One JSON file per subsystem, with what holds for all of them: leaks, changes, groups. */
export const written: Written = { faults: z.array(Fault).parse(subsystems.flat()), leaks: Leaks.parse(leaks), changes: Changes.parse(changes), groups: Groups.parse(groups) }
