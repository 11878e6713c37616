import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { tests } from '../../probes/index.ts'
import { STORE_FILE } from '../agent/keeper.ts'
import { noteReadTest } from '../agent/reads.ts'
import { realBench } from '../bench/real.ts'
import { lookAt } from '../check/observe.ts'
import { wording } from '../model/language.ts'
import { hasValue, type Observation } from '../model/observation.ts'
import type { Device } from '../model/terminal.ts'
import { detailIn } from '../texts/details.ts'
import { wordsIn } from '../texts/observed.ts'
import { TEST_RESULTS } from '../texts/tests.ts'
import { type Context, stateDirOf } from './context.ts'
import { EXIT, Failure } from './failure.ts'
import { operatorAt } from './operator.ts'
import { loadTerminal } from './terminal-file.ts'
import { withStore } from './with-store.ts'

interface TestOptions {
  device?: string
  terminal?: string
  state?: string
  json?: boolean
  input?: boolean
}

const chosen = (kind: string, id: string | undefined, devices: readonly Device[], place: string | undefined): Device => {
  const fitting = devices.filter((d) => d.kind === kind && (id === undefined || d.id === id))
  const ids = fitting.map((d) => d.id).join(', ')
  const [device, another] = fitting
  if (!device) throw new Failure(EXIT.config, { zh: `${place ?? '终端配置文件'}里没有这样的设备：${id ?? kind}`, en: `${place ?? 'the terminal file'} has no such device: ${id ?? kind}` })
  if (another) throw new Failure(EXIT.usage, { zh: `有好几台，请用 --device 选一台：${ids}`, en: `there are several; choose one with --device: ${ids}` })
  return device
}

/** Adds what a read test brought to the counts that the agent's rates are made of; where no agent has a store there is nothing to add to. A store that cannot be used is told, and takes nothing from the test. */
const countReads = async (observations: readonly Observation[], stateDir: string, context: Context): Promise<void> => {
  if (!existsSync(join(stateDir, STORE_FILE))) return
  try {
    await withStore(stateDir, (store) => noteReadTest(store, observations))
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    context.err(error.in(context.language))
  }
}

/**
 * posdiag test KIND: lets one device print or open something, asking the person at the terminal before each such thing, or has the person try it. Exit 0 if
 * everything that was tried went well, 1 if something did not, 3 if nothing could be tried. Throws a Failure (64) without a person.
 */
export const testCommand = async (kind: string, options: TestOptions, context: Context): Promise<number> => {
  const probe = tests.find((test) => test.kind === kind)
  const kinds = tests.map((test) => test.kind).join(', ')
  if (!probe) throw new Failure(EXIT.usage, { zh: `没有针对 ${kind} 的测试。可用：${kinds}`, en: `there is no test for ${kind}. Known: ${kinds}` })
  if (options.input === false || process.stdin.isTTY !== true) {
    throw new Failure(EXIT.usage, { zh: '测试要有人在终端前同意或试用：请在终端里运行，不要加 --no-input', en: 'a test needs a person to agree or to try the device: run it at a terminal, without --no-input' })
  }
  const { terminal, place } = await loadTerminal(options.terminal, process.env)
  const device = chosen(kind, options.device, terminal.devices, place)
  const lend = realBench({ paths: terminal.paths, operator: operatorAt(context) })
  const { run, observations } = await lookAt({ device, probe }, lend, { now: Date.now, mono: () => performance.now() }, probe.deadlineMs)
  if (run.outcome === 'broke') throw new Error(run.detail)
  if (options.json) context.out(JSON.stringify({ device: device.id, observations }, null, 2))
  const told = observations.flatMap((o) => {
    const result = TEST_RESULTS[o.name]
    if (!result) return []
    const text = wording(result.name, context.language)
    const colon = context.language === 'en' ? ': ' : '：'
    if (!hasValue(o)) return [{ well: undefined, line: `${text}${colon}${detailIn(context.language, o.detail)}` }]
    const well = result.good === undefined ? undefined : o.value === result.good
    const value = typeof o.value !== 'boolean' ? wordsIn(context.language, String(o.value)) : wording(o.value ? { zh: '是', en: 'yes' } : { zh: '否', en: 'no' }, context.language)
    return [{ well, line: `${well === false ? '✗' : '✓'} ${text}${colon}${value}` }]
  })
  if (!options.json) for (const { line } of told) context.out(line)
  await countReads(observations, stateDirOf(options.state), context)
  const judged = told.filter(({ well }) => well !== undefined)
  return judged.length === 0 ? EXIT.unknown : judged.every(({ well }) => well) ? EXIT.ready : EXIT.degraded
}
