import { hash } from 'node:crypto'
import { join } from 'node:path'
import * as z from 'zod'
import { Fault } from '../../model/fault.ts'
import { HealthFigures } from '../../model/health.ts'
import { asIs, NOTHING, PROBLEMS } from '../answers.ts'
import type { App } from '../app.ts'
import { listBackups } from '../backups.ts'
import type { Context } from '../context.ts'
import { spaced } from '../spaced.ts'

const operator = { tags: ['health'], security: [{ operator: [] }] }

/** How HQ itself is, for administrators, and the catalogue of faults that it explains them by. */
export const healthFigureRoutes = (app: App, { store, log, now, beatMs, dataDir, nodes, catalogue }: Context): void => {
  const { health } = store
  const asked = async (): Promise<Omit<HealthFigures, 'self' | 'nodes'>> => {
    const at = now()
    const { bytes, unfolded } = await store.figures({ now: at, beatMs })
    const [partitions, reportsPerHour, unsentAlerts] = await Promise.all([health.partitions(), health.reportsPerHour(at), health.unsentAlerts()])
    return { at, engine: health.engine, bytes, unfolded, partitions, reportsPerHour, unsentAlerts, ...(store.backup === undefined ? {} : { backups: listBackups(join(dataDir, 'backups')) }) }
  }
  const figures = spaced(asked, (error) => log.warn('figures wait for the store', { error: error instanceof Error ? error.message : String(error) }))
  app.get('/api/health-figures', { config: { role: 'administrator' }, schema: { ...operator, summary: 'How HQ itself is: its processes, its database, what waits', response: { 200: HealthFigures, ...PROBLEMS } } }, async () => {
    const [all, known] = await Promise.all([figures(), health.nodes()])
    // What this process says of itself is as of now, the others' as of a few seconds ago.
    const own = { id: nodes.id, seenAt: now(), figures: nodes.figures() }
    return { ...all, self: nodes.id, nodes: [own, ...known.filter((n) => n.id !== nodes.id)] }
  })

  const tag = `"${hash('sha256', JSON.stringify(catalogue), 'hex').slice(0, 16)}"`
  app.get('/api/catalogue', { config: { scoped: true }, serializerCompiler: asIs, schema: { ...operator, summary: 'Every fault that this HQ knows: how it shows, why it comes about, what to do', response: { 200: z.strictObject({ faults: z.array(Fault) }), 304: NOTHING, ...PROBLEMS } } }, async (request, reply) => {
    reply.header('etag', tag).header('cache-control', 'private, no-cache')
    if (request.headers['if-none-match'] === tag) return reply.code(304).send(null)
    return { faults: [...catalogue] }
  })
}
