import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { Knowledge } from '../model/fault.ts'
import { Scenario } from '../model/scenario.ts'
import { TerminalFile } from '../model/terminal.ts'
import { KINDS, type Kind } from './chain.ts'
import type { Ordinary } from './story.ts'

/** The scenarios of a package: any by its name, a terminal file by its, and those that befall terminals by themselves. */
export interface Scenarios {
  scenario(name: string): Scenario
  terminal(file: string): TerminalFile
  ordinary: Ordinary[]
}

/** Not what befalls a terminal: shows what cannot be looked at, shows nothing, or is about payments. */
const NO_FAULT = /^(blind|healthy|journal)-/

/** What a terminal of each kind shows while nothing is wrong. */
export const HEALTHY: Readonly<Record<Kind, string>> = {
  'full-shop.yaml': 'healthy-full-shop', 'supermarket-lane.yaml': 'healthy-supermarket-lane', 'smartcard-counter.yaml': 'healthy-smartcard-counter', 'bare.yaml': 'healthy-bare-host',
}

const isKind = (file: unknown): file is Kind => KINDS.some((kind) => kind === file)

/** Reads every scenario below `folder`/scenarios; one weighs as much as the prior of the first fault that it shows. Throws with the file's name if one cannot be read. */
export const readScenarios = (folder: string, knowledge: Knowledge): Scenarios => {
  const read = <T>(place: string, schema: { parse(value: unknown): T }): T => {
    try {
      return schema.parse(parse(readFileSync(join(folder, place), 'utf8')))
    } catch (error) {
      throw new Error(`${join(folder, place)} cannot be read: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
    }
  }
  const names = readdirSync(join(folder, 'scenarios')).filter((name) => name.endsWith('.yaml')).map((name) => name.slice(0, -5)).toSorted()
  const all = new Map(names.map((name) => [name, read(`scenarios/${name}.yaml`, Scenario)]))
  const ordinary = [...all].flatMap(([scenario, { terminal, observations, expect }]): Ordinary[] => {
    const prior = knowledge.faults.find((f) => f.code === expect.found[0]?.fault)?.prior.p
    return prior !== undefined && isKind(terminal) && observations.length > 0 && !NO_FAULT.test(scenario) ? [{ scenario, kind: terminal, weight: prior }] : []
  })
  return {
    ordinary,
    scenario: (name) => all.get(name) ?? read(`scenarios/${name}.yaml`, Scenario),
    terminal: (file) => read(`terminals/${file}`, TerminalFile),
  }
}
