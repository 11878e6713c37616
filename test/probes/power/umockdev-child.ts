import { power } from '../../../probes/power/probe.ts'
import { realBench } from '../../../src/bench/real.ts'
import { lookAt } from '../../../src/check/observe.ts'
import { Device } from '../../../src/model/terminal.ts'

const device = Device.parse({ id: 'ups-1', kind: 'power', transport: { type: 'hid', vendorId: '0764', productId: '0601' }, ...JSON.parse(process.argv[2] ?? '{}') })
const { observations, run } = await lookAt({ device, probe: power }, realBench({ paths: { proc: '/proc', sys: '/sys' } }), { now: Date.now, mono: () => performance.now() }, power.deadlineMs)
process.stdout.write(JSON.stringify({ run, observations }))
process.exit(0)
