import type { Engine } from '../../engine.ts'
import { learn, type SalesHistory, type SalesHour, type SalesProfile } from '../../triage/sales.ts'

/** Sales as a terminal told them; the hour is its first ms. */
export interface ToldSales { terminalId: string; hour: number; count: number; sum: number; currency?: string }

const AT_ONCE = 500

/** What lanes sell: hours as they are told, and what is learned from them. */
export const salesQueries = (engine: Engine) => {
  const { read } = engine
  return {
    /** Keeps hours; what a terminal says later of the same hour replaces what it said before. */
    tell: async (told: readonly ToldSales[]): Promise<void> => {
      const rows = [...new Map(told.map((t) => [`${t.terminalId} ${t.hour}`, t])).values()].toSorted((a, b) => (a.terminalId < b.terminalId ? -1 : a.terminalId > b.terminalId ? 1 : a.hour - b.hour))
      for (let at = 0; at < rows.length; at += AT_ONCE) {
        const values = rows.slice(at, at + AT_ONCE).map((t) => ({ terminal_id: t.terminalId, hour: t.hour, count: t.count, sum: t.sum, currency: t.currency ?? null }))
        await engine.writing('storing sales', () =>
          read.insertInto('sales_hour').values(values)
            .onConflict((oc) => oc.columns(['terminal_id', 'hour']).doUpdateSet((eb) => ({ count: eb.ref('excluded.count'), sum: eb.ref('excluded.sum'), currency: eb.ref('excluded.currency'), folded: 0 })))
            .execute(),
        )
      }
    },
    /** Takes up to 500 terminals and learns from all their hours that began before `before` and were not learned from yet; how many hours there were. */
    learnNext: async (before: number): Promise<number> => {
      const unlearned = read.selectFrom('sales_hour').where('folded', '=', 0).where('hour', '<', before)
      const oldest = await engine.reading(() => unlearned.select('terminal_id').orderBy('hour').limit(AT_ONCE).execute())
      if (oldest.length === 0) return 0
      const hours = await engine.reading(() => unlearned.selectAll().where('terminal_id', 'in', [...new Set(oldest.map((o) => o.terminal_id))]).execute())
      const byTerminal = Map.groupBy(hours, (h) => h.terminal_id)
      const ids = [...byTerminal.keys()]
      const known = await engine.reading(() => read.selectFrom('sales_profile').selectAll().where('terminal_id', 'in', ids).execute())
      const terminals = await engine.reading(() => read.selectFrom('terminal').select(['id', 'identity']).where('id', 'in', ids).execute())
      const zoneOf = new Map(terminals.map((t) => [t.id, (JSON.parse(t.identity) as { timeZone?: string }).timeZone]))
      const values = [...byTerminal].map(([terminal_id, told]) => {
        const before = known.find((k) => k.terminal_id === terminal_id)
        const learned = learn(
          before === undefined ? {} : (JSON.parse(before.history) as SalesHistory),
          told.map((t): SalesHour => ({ hour: t.hour, sum: t.sum, ...(t.currency === null ? {} : { currency: t.currency }) })),
          zoneOf.get(terminal_id) ?? 'UTC',
        )
        return { terminal_id, profile: JSON.stringify(learned.profile), history: JSON.stringify(learned.history) }
      })
      await engine.together('learning from sales', [
        read.insertInto('sales_profile').values(values).onConflict((oc) => oc.column('terminal_id').doUpdateSet((eb) => ({ profile: eb.ref('excluded.profile'), history: eb.ref('excluded.history') }))),
        ...[...byTerminal].map(([terminal, told]) => read.updateTable('sales_hour').set({ folded: 1 }).where('terminal_id', '=', terminal).where('hour', 'in', told.map((t) => t.hour))),
      ])
      return hours.length
    },
    /** What is known of these terminals' usual sales. */
    profiles: (terminals: readonly string[]): Promise<Map<string, SalesProfile>> =>
      engine.reading(async () => {
        if (terminals.length === 0) return new Map()
        const rows = await read.selectFrom('sales_profile').select(['terminal_id', 'profile']).where('terminal_id', 'in', terminals).execute()
        return new Map(rows.map((r) => [r.terminal_id, JSON.parse(r.profile) as SalesProfile]))
      }),
    /** What these terminals told of the hours from then on: per terminal the sum of each hour. */
    told: (terminals: readonly string[], from: number): Promise<Map<string, Map<number, number>>> =>
      engine.reading(async () => {
        if (terminals.length === 0) return new Map()
        const rows = await read.selectFrom('sales_hour').select(['terminal_id', 'hour', 'sum']).where('terminal_id', 'in', terminals).where('hour', '>=', from).execute()
        return new Map([...Map.groupBy(rows, (r) => r.terminal_id)].map(([id, hours]) => [id, new Map(hours.map((h) => [h.hour, h.sum]))]))
      }),
    /** Deletes hours that were learned from and began before that. */
    forget: (before: number): Promise<unknown> => engine.writing('deleting old sales', () => read.deleteFrom('sales_hour').where('hour', '<', before).where('folded', '=', 1).execute()),
  }
}
