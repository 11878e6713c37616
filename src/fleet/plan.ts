import type { Knowledge } from '../model/fault.ts'
import type { Language } from '../model/language.ts'
import type { Probe } from '../model/probe.ts'
import { chainOf, type Lane } from './chain.ts'
import { morningStory } from './morning.ts'
import { moulds } from './moulds.ts'
import { ordinaryOf } from './ordinary.ts'
import { HEALTHY, scenariosIn } from './scenarios.ts'
import { ordinaryStory, type Story } from './story.ts'
import type { Voice } from './terminal.ts'

/** The scenes that can be played. */
export const SCENES = ['ordinary', 'morning'] as const
/** One of SCENES. */
export type Scene = (typeof SCENES)[number]

/** What to play. `hours` is the length of an ordinary story; `fixtures` the folder with scenarios and terminal files. */
export interface PlanOptions { terminals: number; seed: string; language: Language; version: string; scene: Scene; hours: number; fixtures: string; probes: readonly Probe[]; knowledge: Knowledge }

/** A fleet and what will happen to it: the same for the same options. */
export interface Plan { lanes: readonly Lane[]; story: Story; voice(startsAt: number): Voice }

/** Plans a fleet; scenarios are read as they are needed. */
export const planFleet = ({ terminals, seed, language, version, scene, hours, fixtures, probes, knowledge }: PlanOptions): Plan => {
  const lanes = chainOf(terminals, seed, language)
  const parts = { lanes, seed, version, ordinary: ordinaryOf(knowledge) }
  const mould = moulds({ ...scenariosIn(fixtures), probes, knowledge })
  return {
    lanes,
    story: scene === 'morning' ? morningStory(parts) : ordinaryStory(parts, hours),
    voice: (startsAt) => ({
      startsAt,
      seed,
      mouldOf: (made, { lane, life }) => mould(made.scenario ?? HEALTHY[lane.kind], life.rollout !== undefined && made.at >= life.rollout.at ? { 'configuration.pos-version': life.rollout.posVersion } : {}),
    }),
  }
}
