import { statSync } from 'node:fs'
import type { LiveEvent } from '../../model/wire.ts'
import type { Engine } from '../engine.ts'
import { hint } from '../hint.ts'
import { knowledgeStore } from '../knowledge/store.ts'
import { migrate } from '../migrate.ts'
import { openAccess } from '../queries/access.ts'
import { listEnrolmentTokens } from '../queries/admission.ts'
import { bootQueries } from '../queries/boots.ts'
import { healthQueries } from '../queries/health.ts'
import { getIncident, getTerminal, listIncidents, listTerminals, terminalFacets } from '../queries/lists.ts'
import { countOpen, countTerminals, readOverview } from '../queries/overview.ts'
import { commandRow } from '../queries/rows.ts'
import { readSpread } from '../queries/spread.ts'
import type { Store } from '../store.ts'
import { triageStore } from '../triage/store.ts'
import { sqliteAlerts } from './alerts.ts'
import { addCommand, expireCommands, progress, takeCommands } from './commands.ts'
import { foldNext } from './folding.ts'
import { STEPS } from './migrations.ts'
import { openDatabase, storeError } from './open.ts'
import { getReport, listReports, listReportsBetween, putReports, reportIds, tend } from './reports.ts'
import { addEnrolmentToken, enrol, putHeartbeats, revokeEnrolmentToken, revokeTerminalToken, terminalOfToken, watch } from './terminals.ts'

const DAY = 86_400_000

/** What runs synchronously, as a promise; whatever it throws becomes a StoreError. */
const attempt = async <T>(doing: string, work: () => T): Promise<T> => {
  try {
    return work()
  } catch (error) {
    throw storeError(error, doing)
  }
}

/**
 * HQ's store in one SQLite file, for one process. `quietMs` is after what silence a heartbeat counts as a change worth telling.
 * Rejects with a StoreError that names the file and the remedy if it cannot be opened.
 */
export const openSqliteStore = async (path: string, quietMs = 120_000): Promise<Store> => {
  const db = openDatabase(path)
  await migrate(db.read, STEPS).catch(async (error: unknown) => {
    await db.close()
    throw error
  })
  /** As attempt, and on disk. */
  const write = async <T>(doing: string, work: () => T): Promise<T> => {
    const result = await attempt(doing, work)
    await db.flushed()
    return result
  }
  /** A statement by kysely, and on disk. */
  const writing = async <T>(_doing: string, work: () => Promise<T>): Promise<T> => {
    const result = await db.reading(work)
    await db.flushed()
    return result
  }
  const listeners: ((event: LiveEvent) => void)[] = []
  const tell = (event: LiveEvent): void => {
    for (const listener of listeners) listener(event)
  }
  const tellOf = (type: 'terminals' | 'reports' | 'incidents', terminals: string[]): void => {
    if (terminals.length > 0) tell(hint(type, terminals))
  }
  const engine: Engine = {
    read: db.read,
    reading: db.reading,
    writing: async (doing, work) => {
      try {
        const result = await work()
        await db.flushed()
        return result
      } catch (error) {
        throw storeError(error, doing)
      }
    },
    together: (doing, statements) =>
      write(doing, () =>
        db.transaction(() => {
          for (const statement of statements) db.once(statement.compile())
        }),
      ),
    tell: async (terminals) => tell(hint('incidents', terminals)),
  }
  return {
    triage: triageStore(engine),
    knowledge: knowledgeStore(engine),
    boots: bootQueries(engine),
    // One file holds it all.
    health: healthQueries(engine, { engine: 'sqlite', partitions: async () => [] }),
    ready: () => write('trying a write', () => db.transaction(() => void db.statement('update alive set at = at + 1').run())),
    putReports: (reports) => write('storing reports', () => putReports(db, reports)),
    foldNext: (limit, fold) =>
      write('folding', () => {
        const { changedIncidents, ...outcome } = foldNext(db, limit, fold)
        tellOf('reports', outcome.terminals)
        tellOf('incidents', changedIncidents)
        return outcome
      }),
    putHeartbeats: (beats) => write('storing heartbeats', () => tellOf('terminals', putHeartbeats(db, beats, quietMs))),
    takeCommands: async (terminalId, now) => {
      const { commands, watchedUntil, sent } = await attempt('reading commands', () => takeCommands(db, terminalId, now))
      if (sent.length > 0) await db.flushed()
      for (const command of sent) tell({ type: 'command', command })
      return { commands, watchedUntil }
    },
    watch: (terminalId, until) => write('watching', () => watch(db, terminalId, until)),
    addCommand: (command, terminalId) =>
      write('adding a command', () => {
        const row = addCommand(db, command, terminalId)
        tell({ type: 'command', command: row })
        return row
      }),
    progress: (terminalId, commandId, said, now) =>
      write('noting progress', () => {
        const row = progress(db, terminalId, commandId, said, now)
        if (typeof row !== 'string') tell({ type: 'command', command: row })
        return row
      }),
    expireCommands: (now, silentMs) =>
      write('expiring commands', () => {
        const rows = expireCommands(db, now, silentMs)
        for (const command of rows) tell({ type: 'command', command })
        return rows
      }),
    commandsOf: (terminalId, since, limit) =>
      db.reading(async () =>
        (await db.read.selectFrom('command').selectAll().where('terminal_id', '=', terminalId).where('created_at', '>=', since).orderBy('created_at', 'desc').limit(limit).execute()).map(commandRow),
      ),
    addEnrolmentToken: (token) => write('adding an enrolment token', () => addEnrolmentToken(db, token)),
    enrolmentTokens: (limit, scope, id) => db.reading(() => listEnrolmentTokens(db.read, limit, scope, id)),
    revokeEnrolmentToken: (id, now) => write('revoking an enrolment token', () => revokeEnrolmentToken(db, id, now)),
    enrol: (request) =>
      write('enrolling', () => {
        const outcome = enrol(db, request)
        if (outcome === 'enrolled') tellOf('terminals', [request.terminal.id])
        return outcome
      }),
    terminalOfToken: (hash) => attempt('reading a token', () => terminalOfToken(db, hash)),
    revokeTerminalToken: (terminalId) => write('revoking a token', () => revokeTerminalToken(db, terminalId)),
    overview: (moment, scope) => db.reading(() => readOverview(db.read, moment, scope)),
    access: openAccess(db.read, (_doing, work) => db.reading(work), writing),
    incidents: (filter) => db.reading(() => listIncidents(db.read, filter)),
    incident: (id) => db.reading(() => getIncident(db.read, id)),
    terminals: (filter, moment) => db.reading(() => listTerminals(db.read, filter, moment)),
    terminal: (id, moment) => db.reading(() => getTerminal(db.read, id, moment)),
    reportsOf: (terminalId, limit, from) => db.reading(() => listReports(db, terminalId, limit, from)),
    reportsBetween: (filter) => db.reading(() => listReportsBetween(db, filter)),
    terminalFacets: (scope) => db.reading(() => terminalFacets(db.read, scope)),
    spreadReports: (terminalId, from, most) => db.reading(async () => readSpread(db.read, terminalId, await reportIds(db, terminalId, from), most)),
    report: (terminalId, id) => db.reading(() => getReport(db, terminalId, id)),
    figures: (moment) =>
      db.reading(async () => {
        const { unfolded } = db.statement('select max(0, coalesce((select max(position) from report), 0) - position) as unfolded from fold_cursor').get() as { unfolded: number }
        return { unfolded, openIncidents: await countOpen(db.read, undefined), terminals: (await countTerminals(db.read, moment, undefined)).terminals, bytes: statSync(path).size }
      }),
    alerts: sqliteAlerts(db, write),
    tend: (_now, reportsBefore, incidentsBefore) => write('tending', () => tend(db, Math.floor(reportsBefore / DAY) * DAY, incidentsBefore)),
    backup: async (file) => {
      try {
        await db.copyTo(file)
      } catch (error) {
        throw storeError(error, 'making a backup')
      }
    },
    onChange: (listener) => {
      listeners.push(listener)
    },
    close: () => db.close(),
  }
}
