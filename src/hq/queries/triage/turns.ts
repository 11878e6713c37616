import type { Engine } from '../../engine.ts'

/** Jobs that one process does at a time, and how far they have come. */
export const turnQueries = (engine: Engine) => {
  const { read } = engine
  const make = (job: string): Promise<unknown> =>
    engine.writing('making a turn', () => read.insertInto('turn').values({ job, holder: '', until: 0, cursor: '' }).onConflict((oc) => oc.column('job').doNothing()).execute())
  return {
    /**
     * True if the job is the holder's until `until`: nobody else has it, or their time is over. A row, not a lock of the database: it
     * needs no connection that stays open as long as the job, and works through poolers and on both engines alike. Two may overlap
     * for a moment where clocks differ, so every job writes what a second run would write again.
     */
    take: async (job: string, holder: string, now: number, until: number): Promise<boolean> => {
      await make(job)
      const taken = await engine.writing('taking a turn', () =>
        read.updateTable('turn').set({ holder, until }).where('job', '=', job).where((eb) => eb.or([eb('holder', '=', holder), eb('until', '<=', now)])).returning('job').execute(),
      )
      return taken.length > 0
    },
    /** How far a job has come, in its own words; empty at the beginning. */
    cursor: (job: string): Promise<string> => engine.reading(async () => (await read.selectFrom('turn').select('cursor').where('job', '=', job).executeTakeFirst())?.cursor ?? ''),
    /** The statement that notes how far a job has come, to stand or fall with what it did. */
    moving: (job: string, cursor: string) => read.insertInto('turn').values({ job, holder: '', until: 0, cursor }).onConflict((oc) => oc.column('job').doUpdateSet({ cursor })),
  }
}
