import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { Scenario } from '../model/scenario.ts'
import { TerminalFile } from '../model/terminal.ts'
import type { Kind } from './chain.ts'

/** What a terminal of each kind shows while nothing is wrong. */
export const HEALTHY: Readonly<Record<Kind, string>> = {
  'full-shop.yaml': 'healthy-full-shop', 'supermarket-lane.yaml': 'healthy-supermarket-lane', 'smartcard-counter.yaml': 'healthy-smartcard-counter', 'bare.yaml': 'healthy-bare-host',
}

/** The scenarios and terminal files of a package, by their names. Both throw with the file's name if it cannot be read. */
export const scenariosIn = (folder: string): { scenario(name: string): Scenario; terminal(file: string): TerminalFile } => {
  const read = <T>(place: string, schema: { parse(value: unknown): T }): T => {
    try {
      return schema.parse(parse(readFileSync(join(folder, place), 'utf8')))
    } catch (error) {
      throw new Error(`${join(folder, place)} cannot be read: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
    }
  }
  return { scenario: (name) => read(`scenarios/${name}.yaml`, Scenario), terminal: (file) => read(`terminals/${file}`, TerminalFile) }
}
