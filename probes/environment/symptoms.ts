import { type Limit, type SymptomRule, whenNumber, whenTrue } from '../../src/model/symptom.ts'

/** When the surroundings mean trouble. */
export const limits: Readonly<Record<string, Limit>> = {
  'environment.temperature-max-c': { standard: 40, unit: '°C', basis: 'estimate: most counter devices are specified up to 40 °C' },
  'environment.temperature-min-c': { standard: 0, unit: '°C', basis: 'estimate: most counter devices are specified from 0 °C' },
  'environment.humidity-max-percent': { standard: 85, unit: '% relative humidity', basis: 'estimate: water condenses above it' },
  'environment.humidity-min-percent': { standard: 20, unit: '% relative humidity', basis: 'estimate: static discharge becomes likely below it' },
}

const TEMPERATURE = 'environment.temperature-c'
const HUMIDITY = 'environment.humidity-percent'

/** What the surroundings' observations mean. */
export const symptoms: readonly SymptomRule[] = [
  {
    id: 'environment.too-hot',
    meaning: { zh: '环境温度过高', en: 'it is too hot around the terminal' },
    reads: [TEMPERATURE],
    read: (see, limit) => whenNumber(see, TEMPERATURE, (t) => t > limit('environment.temperature-max-c')),
  },
  {
    id: 'environment.too-cold',
    meaning: { zh: '环境温度过低', en: 'it is too cold around the terminal' },
    reads: [TEMPERATURE],
    read: (see, limit) => whenNumber(see, TEMPERATURE, (t) => t < limit('environment.temperature-min-c')),
  },
  {
    id: 'environment.humid',
    meaning: { zh: '环境湿度过高', en: 'the air is too humid' },
    reads: [HUMIDITY],
    read: (see, limit) => whenNumber(see, HUMIDITY, (h) => h > limit('environment.humidity-max-percent')),
  },
  {
    id: 'environment.dry',
    meaning: { zh: '空气过于干燥，容易产生静电', en: 'the air is so dry that static builds up' },
    reads: [HUMIDITY],
    read: (see, limit) => whenNumber(see, HUMIDITY, (h) => h < limit('environment.humidity-min-percent')),
  },
  {
    id: 'environment.water',
    meaning: { zh: '设备进过水或受潮', en: 'water has got into or onto a device' },
    reads: ['environment.water'],
    read: (see) => whenTrue(see, 'environment.water'),
  },
  {
    id: 'environment.magnet',
    meaning: { zh: '附近有强磁场或电磁干扰源', en: 'a strong magnet or source of interference is near' },
    reads: ['environment.magnet'],
    read: (see) => whenTrue(see, 'environment.magnet'),
  },
]
