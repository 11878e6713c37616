// node bench/scenarios.ts: draws the generated part of fixtures/scenarios anew; the same seed gives the same files on every machine.
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FOLDER } from '../src/cli/score/corpus.ts'
import { asYaml, DRAWN, drawCorpus, SEED } from './corpus.ts'

const corpus = drawCorpus(SEED.kept)
for (const name of readdirSync(FOLDER)) if (name.startsWith(DRAWN)) rmSync(join(FOLDER, name))
for (const drawn of corpus) writeFileSync(join(FOLDER, `${drawn.name}.yaml`), asYaml(drawn))
console.log(`${corpus.length} scenarios drawn into fixtures/scenarios`)
