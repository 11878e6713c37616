import type { DeviceKind } from '../src/model/device.ts'
import { looked, missed, type Probe, type Sight } from '../src/model/probe.ts'
import type { Device } from '../src/model/terminal.ts'
import type { Text } from '../src/model/text.ts'

/** What a person is asked to do and to look at; the answer `yes` is the observation's value. */
interface Question {
  name: string
  ask: Text
  /** Only for devices that have what is asked about. */
  of?: (device: Device) => boolean
}

const hasTouch = ({ settings }: Device): boolean => settings.touch === true || typeof settings.touch === 'string'

const QUESTIONS: Partial<Record<DeviceKind, readonly Question[]>> = {
  scanner: [{ name: 'scanner.reads', ask: { zh: '在收银程序里扫一个完好的商品条码：显示的数字和条码下面印的一样吗？', en: 'Scan a good product code in the POS application: are the digits those printed below it?' } }],
  scale: [{ name: 'scale.weighs', ask: { zh: '放一件已知重量的东西：显示的重量对吗？拿走后回到零吗？', en: 'Put something of known weight on the scale: is the weight right, and zero again when it is gone?' } }],
  keyboard: [
    { name: 'keyboard.works', ask: { zh: '在空白输入框里把每个键按一遍：每个键都出对应的字符吗？', en: 'Press every key once in an empty field: does each give its character?' } },
    { name: 'keyboard.stuck-key', ask: { zh: '手离开键盘后，还会自己冒出字符吗？', en: 'Do characters come by themselves when nobody touches the keyboard?' } },
  ],
  display: [
    { name: 'display.lit', ask: { zh: '显示屏亮着，内容看得清吗？', en: 'Is the display lit, and can it be read?' } },
    { name: 'display.touch-works', of: hasTouch, ask: { zh: '依次点四个角和中间：每次都落在手指处吗？', en: 'Touch the four corners and the middle: does each touch land where the finger is?' } },
  ],
  environment: [
    { name: 'environment.water', ask: { zh: '有设备进过水或受潮吗？', en: 'Has water got into or onto a device?' } },
    { name: 'environment.magnet', ask: { zh: '读卡器一米之内有消磁板、音箱或电机吗？', en: 'Is a deactivator, a loudspeaker or a motor within a metre of the card reader?' } },
  ],
}

const OPTIONS = [{ key: 'yes', zh: '是', en: 'yes' }, { key: 'no', zh: '否', en: 'no' }] as const

/** A person needs a while to walk up to a device and try it. */
const DEADLINE_MS = 300_000

const asking = (kind: DeviceKind, questions: readonly Question[]): Probe => ({
  kind,
  touch: 'asks',
  isolate: false,
  deadlineMs: DEADLINE_MS,
  observes: Object.fromEntries(questions.map(({ name, ask }) => [name, ask.en])),
  limits: {},
  symptoms: [],
  async *observe(device, bench) {
    for (const { name, ask, of } of questions) {
      if (of !== undefined && !of(device)) continue
      const answer = await looked(bench.operator.ask(ask, OPTIONS))
      const sight: Sight = 'absent' in answer ? missed(name, answer, 'operator') : { name, value: answer.value === 'yes', source: 'operator' }
      yield sight
    }
  },
})

/** Tests of devices that only a person can judge: nothing is sent to them, the person tries them and tells. */
export const personTests: readonly Probe[] = Object.entries(QUESTIONS).map(([kind, questions]) => asking(kind as DeviceKind, questions))
