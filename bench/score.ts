// npm run score [-- --times N] [-- --seed TEXT]: how right the diagnosis is, on the scenarios of the repository and on ones that it has never been tuned on.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { drawCorpus, SEED, writtenScenarios } from './corpus.ts'
import { tableOf, withScore, worstOf } from './score/document.ts'
import { scoreOf } from './score/figures.ts'
import { confusion } from './score/picture.ts'
import { outcomeOf } from './score/run.ts'

const { values } = parseArgs({ options: { times: { type: 'string', default: '4' }, seed: { type: 'string', default: SEED.heldOut } } })
const times = Number(values.times)
if (!Number.isInteger(times) || times < 1) throw new RangeError(`--times takes a whole number from 1, not ${values.times}`)

const kept = [...writtenScenarios().map(outcomeOf), ...drawCorpus(SEED.kept).map(outcomeOf)]
const heldOut = drawCorpus(values.seed, times).map((drawn) => outcomeOf({ ...drawn, name: `held-out ${drawn.name}` }))
const table = tableOf([{ title: 'kept in the repository', score: scoreOf(kept) }, { title: 'held out', score: scoreOf(heldOut) }])
console.log(table.join('\n'))

const docs = join(import.meta.dirname, '../docs')
writeFileSync(join(docs, 'confusion.svg'), confusion([...kept, ...heldOut], 'What was there against what was said'))
const file = join(docs, 'diagnosis.md')
writeFileSync(file, withScore(readFileSync(file, 'utf8'), [...table, '', '![Confusion table](confusion.svg)', '', '### The ten worst', '', ...worstOf([...kept, ...heldOut])]))
