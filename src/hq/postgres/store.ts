import type { LiveEvent } from '../../model/wire.ts'
import type { Engine } from '../engine.ts'
import { hint } from '../hint.ts'
import { knowledgeStore } from '../knowledge/store.ts'
import type { HqLog } from '../log.ts'
import { migrate } from '../migrate.ts'
import { openAccess } from '../queries/access.ts'
import { listEnrolmentTokens } from '../queries/admission.ts'
import { bootQueries } from '../queries/boots.ts'
import { healthQueries } from '../queries/health.ts'
import { getIncident, getTerminal, listIncidents, listTerminals, terminalFacets } from '../queries/lists.ts'
import { countOpen, countTerminals, readOverview } from '../queries/overview.ts'
import { commandRow } from '../queries/rows.ts'
import { readSpread } from '../queries/spread.ts'
import { type EnrolledTerminal, type Store, StoreError } from '../store.ts'
import { together } from '../together.ts'
import { triageStore } from '../triage/store.ts'
import { postgresAlerts } from './alerts.ts'
import { addCommand, expireCommands, progress, type Taken, type Taking, takeCommands } from './commands.ts'
import { foldNext } from './folding.ts'
import { STEPS } from './migrations.ts'
import { listen, notify } from './notices.ts'
import { type Address, type Connections, openConnections, PATIENT, type Run, storeError } from './open.ts'
import { listPartitions, tendPartitions } from './partitions.ts'
import { getReport, listReports, listReportsBetween, putReports, reportIds, SLOTS } from './reports.ts'
import { addEnrolmentToken, enrol, putHeartbeats, revokeEnrolmentToken, revokeTerminalToken, terminalsOfTokens, watch } from './terminals.ts'

const OLDEST_VERSION = 150_000

/** Refuses a server on which an acknowledged report could be lost. */
const checkServer = async (db: Connections): Promise<void> => {
  const [row] = await db.run<{ version: number; fsync: string; commit: string }>({
    name: '', text: "select current_setting('server_version_num')::int as version, current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit",
  })
  if (row === undefined || row.version < OLDEST_VERSION) throw new StoreError('unavailable', `the database server is older than PostgreSQL 15 (${row?.version}); take a newer one`)
  if (row.fsync === 'off') throw new StoreError('unavailable', 'the database server runs with fsync = off and would lose acknowledged reports; switch it on')
  if (row.commit === 'off') throw new StoreError('unavailable', 'the database answers before it has stored (synchronous_commit = off); switch it on for this role or database')
}

const DELETED_AT_ONCE = 500

/** Deletes what is too old and has no partitions; true if there may be more. */
const deleteOld = async (run: Run, reportsBefore: number, incidentsBefore: number): Promise<boolean> => {
  const incidents = await run({ name: 'old-incidents', text: 'delete from incident where (terminal_id, id) in (select terminal_id, id from incident where closed_at < $1 limit $2) returning id' }, [incidentsBefore, DELETED_AT_ONCE])
  await run({ name: 'old-hours', text: 'delete from report_hour where hour < $1' }, [reportsBefore])
  await run({ name: 'old-commands', text: 'delete from command where created_at < $1' }, [reportsBefore])
  await run({ name: 'old-tokens', text: 'delete from enrolment_token where expires_at < $1' }, [reportsBefore])
  return incidents.length === DELETED_AT_ONCE
}

/**
 * HQ's store in a PostgreSQL database, for any number of processes. `quietMs` is after what silence a heartbeat counts as a change
 * worth telling. Rejects with a StoreError that says what is wrong if the database cannot be reached or used.
 */
export const openPostgresStore = async (address: Address, log: HqLog, quietMs = 120_000): Promise<Store> => {
  const trouble = (error: unknown): void => log.warn('a connection to the database was lost', { error: error instanceof Error ? error.message : String(error) })
  const db = openConnections(address, trouble)
  const attempt = async <T>(doing: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw storeError(error, doing)
    }
  }
  const patient = openConnections(address, trouble, PATIENT)
  try {
    await attempt('opening it; check the address, the password and that the server runs', async () => {
      await checkServer(patient)
      await migrate(patient.read, STEPS)
    })
  } catch (error) {
    await db.close()
    throw error
  } finally {
    await patient.close()
  }

  const self = crypto.randomUUID()
  const listeners: ((event: LiveEvent) => void)[] = []
  const hear = (event: LiveEvent): void => {
    for (const listener of listeners) listener(event)
  }
  /** Tells this process and the others what was stored; that it was stored stays true even if the others cannot be told. */
  const tell = async (events: readonly LiveEvent[]): Promise<void> => {
    for (const event of events) hear(event)
    await notify(db.run, self, events).catch(trouble)
  }
  const tellCommands = (commands: readonly Extract<LiveEvent, { type: 'command' }>['command'][]): Promise<void> => tell(commands.map((command) => ({ type: 'command', command })))
  const notices = listen(address, self, hear, trouble)

  const taking = together<Taking, Taken>((asked) => takeCommands(db, asked))
  const finding = together<string, EnrolledTerminal | undefined>((hashes) => terminalsOfTokens(db, hashes))
  // Every process begins elsewhere, and goes on where it left off, so that they seldom meet at a slot.
  let nextSlot = Math.floor(Math.random() * SLOTS)

  const engine: Engine = {
    read: db.read,
    reading: (work) => attempt('reading', work),
    writing: attempt,
    together: (doing, statements) =>
      attempt(doing, () =>
        db.transaction(async (run) => {
          for (const { sql, parameters } of statements.map((s) => s.compile())) await run({ name: '', text: sql }, parameters)
        }),
      ),
    tell: (terminals) => tell([hint('incidents', terminals)]),
  }

  return {
    triage: triageStore(engine),
    knowledge: knowledgeStore(engine),
    boots: bootQueries(engine),
    health: healthQueries(engine, { engine: 'postgresql', partitions: () => attempt('reading partitions', () => listPartitions(db.run)) }),
    ready: () => attempt('trying a write', async () => void (await db.run({ name: 'alive', text: 'update alive set at = at + 1' }))),
    putReports: (reports) => attempt('storing reports', () => putReports(db, reports)),
    foldNext: (limit, fold) =>
      attempt('folding', async () => {
        let events: LiveEvent[] = []
        const { changedIncidents, slot, ...outcome } = await foldNext(db, nextSlot, limit, fold, async (run, done) => {
          events = [...(done.terminals.length > 0 ? [hint('reports', done.terminals)] : []), ...(done.changedIncidents.length > 0 ? [hint('incidents', done.changedIncidents)] : [])]
          await notify(run, self, events)
        })
        nextSlot = (slot + 1) % SLOTS
        if (outcome.folded > 0) for (const event of events) hear(event)
        return outcome
      }),
    putHeartbeats: (beats) =>
      attempt('storing heartbeats', async () => {
        const changed = await putHeartbeats(db, beats, quietMs)
        if (changed.length > 0) await tell([hint('terminals', changed)])
      }),
    takeCommands: (terminalId, now) =>
      attempt('reading commands', async () => {
        const { commands, watchedUntil, sent } = await taking({ terminalId, now })
        await tellCommands(sent)
        return { commands, watchedUntil }
      }),
    watch: (terminalId, until) => attempt('watching', () => watch(db, terminalId, until)),
    addCommand: (command, terminalId) =>
      attempt('adding a command', async () => {
        const row = await addCommand(db, command, terminalId)
        await tellCommands([row])
        return row
      }),
    progress: (terminalId, commandId, said, now) =>
      attempt('noting progress', async () => {
        const row = await progress(db, terminalId, commandId, said, now)
        if (typeof row !== 'string') await tellCommands([row])
        return row
      }),
    expireCommands: (now, silentMs) =>
      attempt('expiring commands', async () => {
        const rows = await expireCommands(db, now, silentMs)
        await tellCommands(rows)
        return rows
      }),
    commandsOf: (terminalId, since, limit) =>
      attempt('reading', async () =>
        (await db.read.selectFrom('command').selectAll().where('terminal_id', '=', terminalId).where('created_at', '>=', since).orderBy('created_at', 'desc').limit(limit).execute()).map(commandRow),
      ),
    addEnrolmentToken: (token) => attempt('adding an enrolment token', () => addEnrolmentToken(db, token)),
    enrolmentTokens: (limit, scope, id) => attempt('reading', () => listEnrolmentTokens(db.read, limit, scope, id)),
    revokeEnrolmentToken: (id, now) => attempt('revoking an enrolment token', () => revokeEnrolmentToken(db, id, now)),
    enrol: (request) =>
      attempt('enrolling', async () => {
        const outcome = await enrol(db, request)
        if (outcome === 'enrolled') await tell([hint('terminals', [request.terminal.id])])
        return outcome
      }),
    terminalOfToken: (hash) => attempt('reading a token', () => finding(hash)),
    revokeTerminalToken: (terminalId) => attempt('revoking a token', () => revokeTerminalToken(db, terminalId)),
    overview: (moment, scope) => attempt('reading', () => readOverview(db.read, moment, scope)),
    access: openAccess(db.read, attempt, attempt),
    incidents: (filter) => attempt('reading', () => listIncidents(db.read, filter)),
    incident: (id) => attempt('reading', () => getIncident(db.read, id)),
    terminals: (filter, moment) => attempt('reading', () => listTerminals(db.read, filter, moment)),
    terminal: (id, moment) => attempt('reading', () => getTerminal(db.read, id, moment)),
    reportsOf: (terminalId, limit, from) => attempt('reading', () => listReports(db, terminalId, limit, from)),
    reportsBetween: (filter) => attempt('reading', () => listReportsBetween(db, filter)),
    terminalFacets: (scope) => attempt('reading', () => terminalFacets(db.read, scope)),
    spreadReports: (terminalId, from, most) => attempt('reading', async () => readSpread(db.read, terminalId, await reportIds(db, terminalId, from), most)),
    report: (terminalId, id) => attempt('reading', () => getReport(db, terminalId, id)),
    figures: (moment) =>
      attempt('reading figures', async () => {
        const [row] = await db.run<{ unfolded: number; bytes: number }>({ name: 'figures', text: 'select (select count(*) from unfolded) as unfolded, pg_database_size(current_database()) as bytes' })
        return { unfolded: row?.unfolded ?? 0, bytes: row?.bytes ?? 0, openIncidents: await countOpen(db.read, undefined), terminals: (await countTerminals(db.read, moment, undefined)).terminals }
      }),
    alerts: postgresAlerts(db, attempt),
    tend: (now, reportsBefore, incidentsBefore) =>
      attempt('tending', async () => (await tendPartitions(db, now, reportsBefore)) && deleteOld(db.run, reportsBefore, incidentsBefore)),
    onChange: (listener) => {
      listeners.push(listener)
    },
    close: async () => {
      await notices.stop()
      await db.close()
    },
  }
}
