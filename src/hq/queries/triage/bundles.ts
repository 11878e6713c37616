import { LogBundle } from '../../../model/configuration.ts'
import type { Engine } from '../../engine.ts'
import { plain } from '../../plain.ts'
import { bodyText, storedBody } from '../../stored-body.ts'

/** Logs that agents handed over. */
export const bundleQueries = (engine: Engine) => {
  const { read } = engine
  return {
    /** Keeps a bundle; false unless this command asked this terminal for logs. One that comes again replaces the one before. */
    keep: async (terminal_id: string, command: string, now: number, bundle: LogBundle): Promise<boolean> => {
      const asked = await engine.reading(() => read.selectFrom('command').select('id').where('terminal_id', '=', terminal_id).where('id', '=', command).where('type', '=', 'logs').executeTakeFirst())
      if (asked === undefined) return false
      const row = { received_at: now, ...storedBody(Buffer.from(plain(JSON.stringify(bundle)))) }
      await engine.writing('storing logs', () =>
        read.insertInto('log_bundle').values({ terminal_id, command, ...row }).onConflict((oc) => oc.columns(['terminal_id', 'command']).doUpdateSet(row)).execute(),
      )
      return true
    },
    one: (terminal: string, command: string): Promise<LogBundle | undefined> =>
      engine.reading(async () => {
        const row = await read.selectFrom('log_bundle').select(['encoding', 'body']).where('terminal_id', '=', plain(terminal)).where('command', '=', command).executeTakeFirst()
        return row === undefined ? undefined : LogBundle.parse(JSON.parse(bodyText(row)))
      }),
    forget: (before: number): Promise<unknown> => engine.writing('deleting old logs', () => read.deleteFrom('log_bundle').where('received_at', '<', before).execute()),
  }
}
