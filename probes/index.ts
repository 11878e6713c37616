import type { Probe } from '../src/model/probe.ts'
import { configuration } from './configuration/probe.ts'
import { display } from './display/probe.ts'
import { drawer } from './drawer/probe.ts'
import { endpoint } from './endpoint/probe.ts'
import { environment } from './environment/probe.ts'
import { host } from './host/probe.ts'
import { journal } from './journal/probe.ts'
import { keyboard } from './keyboard/probe.ts'
import { withLosses } from './losses.ts'
import { network } from './network/probe.ts'
import { personTests } from './person-tests.ts'
import { pinpad } from './pinpad/probe.ts'
import { power } from './power/probe.ts'
import { printer } from './printer/probe.ts'
import { printerSlip } from './printer/slip.ts'
import { reader } from './reader/probe.ts'
import { readTest } from './reader/read-test.ts'
import { scale } from './scale/probe.ts'
import { scanner } from './scanner/probe.ts'
import { withTold } from './told.ts'
import { withWhereabouts } from './whereabouts.ts'

/** Kinds of devices that may hang on USB. */
const attached: readonly Probe[] = [reader, pinpad, printer, power, scanner, scale, keyboard, display, drawer, environment]

/** Every probe, one per folder beside this file. */
export const probes: readonly Probe[] = [...attached.map(withWhereabouts), network, endpoint, host, configuration, journal].map((probe) => withTold(withLosses(probe)))

/** Tests that need a person, by the kind of device: they print or open something after asking, or have the person try the device. None is ever part of a check. */
export const tests: readonly Probe[] = [printerSlip, readTest, ...personTests]
