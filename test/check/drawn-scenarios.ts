import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { DRAWN } from '../../bench/corpus.ts'
import { FOLDER } from '../../src/cli/score/corpus.ts'
import { Scenario } from '../../src/model/scenario.ts'

/** The drawn scenarios as they are kept in the repository. */
export const keptDrawn = (): { name: string; scenario: Scenario; text: string }[] =>
  readdirSync(FOLDER).filter((name) => name.startsWith(DRAWN)).sort().map((name) => {
    const text = readFileSync(join(FOLDER, name), 'utf8')
    return { name: name.replace('.yaml', ''), text, scenario: Scenario.parse(parse(text)) }
  })
