import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { zstdDecompressSync } from 'node:zlib'
import { parse } from 'yaml'
import { Scenario } from '../../model/scenario.ts'
import { FROM_SOURCE, PACKAGE_ROOT } from '../package.ts'

/** A scenario by its file's name. */
export interface Kept { name: string; scenario: Scenario }

/** Where the scenarios are. */
export const FOLDER = join(PACKAGE_ROOT, 'fixtures/scenarios')

/** Where the published package has them all in one: JSON, a list of Kept, compressed with zstd. */
export const PACKED_CORPUS = join(PACKAGE_ROOT, 'dist/corpus.json.zst')

const read = (): Kept[] =>
  readdirSync(FOLDER).filter((name) => name.endsWith('.yaml')).sort()
    .map((name) => ({ name: name.replace('.yaml', ''), scenario: Scenario.parse(parse(readFileSync(join(FOLDER, name), 'utf8'))) }))

const unpacked = (): Kept[] => (JSON.parse(zstdDecompressSync(readFileSync(PACKED_CORPUS)).toString()) as Kept[]).map(({ name, scenario }) => ({ name, scenario: Scenario.parse(scenario) }))

/** Every scenario that says what was observed. Those played by dialogues need a bench; they are told apart by having no observations. */
export const keptScenarios = (): Kept[] => (FROM_SOURCE ? read() : unpacked()).filter(({ scenario }) => scenario.observations.length > 0)
