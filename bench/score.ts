// npm run score [-- --times N] [-- --seed TEXT] [-- --pack FILE]: how right the diagnosis is, on the scenarios of the repository and on ones that it has never been tuned on.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { learnt } from '../src/check/learnt.ts'
import { scoreOf } from '../src/cli/score/figures.ts'
import { outcomeOf } from '../src/cli/score/run.ts'
import { catalogue } from '../src/faults/index.ts'
import { Pack } from '../src/model/pack.ts'
import { drawCorpus, SEED, writtenScenarios } from './corpus.ts'
import { tableOf, withScore, worstOf } from './score/document.ts'
import { confusion } from './score/picture.ts'

const { values } = parseArgs({ options: { times: { type: 'string', default: '4' }, seed: { type: 'string', default: SEED.heldOut }, pack: { type: 'string' } } })
const times = Number(values.times)
if (!Number.isInteger(times) || times < 1) throw new RangeError(`--times takes a whole number from 1, not ${values.times}`)

const heldOutDrawn = drawCorpus(values.seed, times).map((drawn) => ({ ...drawn, name: `held-out ${drawn.name}` }))
const keptDrawn = [...writtenScenarios(), ...drawCorpus(SEED.kept)]

const kept = keptDrawn.map(outcomeOf)
const heldOut = heldOutDrawn.map(outcomeOf)
const sets = [{ title: 'kept in the repository', score: scoreOf(kept) }, { title: 'held out', score: scoreOf(heldOut) }]

if (values.pack === undefined) {
  const table = tableOf(sets)
  console.log(table.join('\n'))

  const docs = join(import.meta.dirname, '../docs')
  writeFileSync(join(docs, 'confusion.svg'), confusion([...kept, ...heldOut], 'What was there against what was said'))
  const file = join(docs, 'diagnosis.md')
  writeFileSync(file, withScore(readFileSync(file, 'utf8'), [...table, '', '![Confusion table](confusion.svg)', '', '### The ten worst', '', ...worstOf([...kept, ...heldOut])]))
} else {
  // What a pack would do is told and kept nowhere: the document speaks of the built-in catalogue.
  const knowledge = learnt(catalogue, Pack.parse(JSON.parse(readFileSync(values.pack, 'utf8'))).body)
  const withPack = (all: typeof keptDrawn) => scoreOf(all.map((one) => outcomeOf({ ...one, knowledge })))
  console.log(tableOf([...sets, { title: 'kept, with the pack', score: withPack(keptDrawn) }, { title: 'held out, with the pack', score: withPack(heldOutDrawn) }]).join('\n'))
}
