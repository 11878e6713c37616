// Generated data for bench/pages.ts, made inside of the database: through the wire it would take hours.
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { event } from './hq-load.ts'

/** How much to make (of reports, none only in PostgreSQL); `now` is when it is taken to have come to be (ms since 1970). */
export interface Size { terminals: number; reports: number; now: number }

const DAY = 86_400_000
/** Reports are spread over so many days back from now; every so manieth has a body that can be read and is where an incident was found. */
export const SPREAD_MS = 58 * DAY
const WITH_BODY = 50
/** The latest share of incidents is open. */
const OPEN = 0.06

const READINESS = JSON.stringify(['chip', 'contactless', 'swipe', 'qr', 'cash'].map((tender) => ({ tender, is: 'ready', because: [], unseen: [] })))

const DIGEST = JSON.stringify({
  terminal: { id: '@T', merchant: 'M-77', store: 'Store 1', region: 'East', lane: '3', model: 'PX-20' }, agentVersion: '0.1.0', trigger: 'schedule', checkedAt: 1, readiness: JSON.parse(READINESS) as unknown,
  found: [], open: [['PRN-PAPER-LOW', 'printer-1']], looked: ['host', 'mains', 'link-1', 'reader-1', 'printer-1', 'acquirer-1', 'hq-1'], changes: [],
})

const FAULTS = ['PRN-PAPER-OUT', 'NET-INTERNET-DOWN', 'CRD-READER-OFFLINE', 'SYS-DISK-LOW', 'HST-UNREACHABLE', 'PWR-AC-LOST', 'PED-OFFLINE', 'PRN-COVER-OPEN']

/** A report's event in which the id and the terminal are to be filled in. */
const BODY = (() => {
  const made = event('@T', 7, 0)
  return JSON.stringify(made).replaceAll(made.id, '@I')
})()

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** SQL that both engines read alike but for what is handed in; `n` is a number from 1 on. */
const columns = ({ terminals, reports, now }: Size, sql: { id: (time: string, n: string) => string; pad: (n: string) => string; int: (x: string) => string }) => {
  const numberOf = (n: string): string => sql.int(`(${n} * 7919) % ${terminals}`)
  const terminalOf = (n: string): string => `'T' || ${sql.pad(numberOf(n))}`
  const storeOf = (number: string): string => `'Store ' || ${sql.pad(sql.int(`(${number}) / 5`))}`
  const factor = (name: string, value: string) => ({ terminal_id: `'T' || ${sql.pad('n - 1')}`, name: `'${name}'`, value })
  const time = (n: string): string => sql.int(`${now - SPREAD_MS} + ${n} * ${SPREAD_MS / reports}`)
  const fault = (n: string): string => `case ${n} % ${FAULTS.length} ${FAULTS.map((f, i) => `when ${i} then '${f}'`).join(' ')} end`
  return {
    terminal: {
      id: `'T' || ${sql.pad('n - 1')}`,
      identity: `replace(replace(${quoted('{"id":"@T","merchant":"M-77","store":"Store @S","region":"Region 3","lane":"3","model":"PX-20","serial":"SN-@S"}')}, '@T', 'T' || ${sql.pad('n - 1')}), '@S', ${sql.pad('n / 5')})`,
      search: `lower('T' || ${sql.pad('n - 1')} || ' store ' || ${sql.pad('n / 5')} || ' m-77 region 3 3 px-20 sn-' || ${sql.pad('n / 5')})`,
      agent_version: "'0.1.0'",
      token_hash: `'0000000000000000000000000000000000000000000000000000000000' || ${sql.pad('n')}`,
      enrolled_at: `${now - SPREAD_MS}`,
      seen_at: `case when n % 400 = 0 then null when n % 50 = 0 then ${now} - 86400000 when n % 30 = 0 then ${now} - 400000 else ${now} - n % 100000 end`,
      clock_offset: 'n % 900',
      readiness: quoted(READINESS),
      tenders: "case when n % 60 = 0 then 'brbrr' when n % 40 = 0 then 'rdrrr' else 'rrrrr' end",
      blocked: 'case when n % 60 = 0 then 20 else 0 end',
      checked_at: `${now} - n % 3600000`,
      spool: quoted('{"reports":0,"bytes":0,"lost":0}'),
      open_incidents: 'case when n % 30 = 0 then 1 else 0 end',
      worst: "case when n % 60 = 0 then 'block' when n % 30 = 0 then 'degraded' end",
      fold_state: quoted('{"sequence":25,"newestAt":1,"once":[]}'),
    },
    report: {
      terminal_id: terminalOf('n'), id: sql.id(time('n'), 'n'), sequence: sql.int(`n / ${terminals} + 1`), at: time('n'), received_at: `${time('n')} + 900`,
      digest: `replace(${quoted(DIGEST)}, '@T', ${terminalOf('n')})`,
      encoding: '0',
    },
    body: `case when n % ${WITH_BODY} = 0 then replace(replace(${quoted(BODY)}, '@T', ${terminalOf('n')}), '@I', ${sql.id(time('n'), 'n')}) else '{}' end`,
    factors: [factor('store', storeOf('n - 1')), factor('region', "'Region ' || n % 7"), factor('model', "'PX-' || n % 5"), factor('agent', "'0.1.0'")],
    incident: {
      id: sql.id(time('n'), 'n + 1'), terminal_id: terminalOf('n'), store: storeOf(numberOf('n')), region: "'Region ' || n % 7", model: "'PX-' || n % 5", agent_version: "'0.1.0'", actor: "'technician'", counted: '1', fault: fault(`(n / ${WITH_BODY})`), device: "'printer-1'",
      severity: `case n % 3 when 0 then 'block' when 1 then 'degraded' else 'advisory' end`, rank: '2 - n % 3', title_zh: "'故障'", title_en: "'Fault'",
      opened_at: time('n'), changed_at: time('n'), closed_at: `case when n > ${Math.round(reports * (1 - OPEN))} then null else ${time('n')} + 3600000 end`,
      count: '3', posterior: '0.9', regression: '0', report: sql.id(time('n'), 'n'), misses: '0',
    },
  }
}

/** What triage keeps per kind of fault, of the incidents that are there. */
const ISSUES = [
  `insert into issue_day (fault, day, region, model, agent_version, firmware, incidents) select fault, opened_at / ${DAY} * ${DAY}, region, model, agent_version, '', count(*) from incident group by 1, 2, 3, 4, 5`,
  `insert into issue (fault, title_zh, title_en, severity, first_seen_at, last_seen_at, incidents) select fault, max(title_zh), max(title_en), max(severity), min(opened_at), max(opened_at), count(*) from incident group by fault`,
]

const insert = (table: string, columns: Readonly<Record<string, string>>, from: string): string => `insert into ${table} (${Object.keys(columns).join(', ')}) select ${Object.values(columns).join(', ')} from ${from} on conflict do nothing`

/** Fills the SQLite file of an HQ that does not run. */
export const fillSqlite = (file: string, size: Size): void => {
  const db = new DatabaseSync(file)
  db.exec('pragma journal_mode = wal; pragma synchronous = off; pragma cache_size = -1000000; pragma temp_store = memory')
  const hex = (x: string): string => `printf('%012x', ${x})`
  const all = columns(size, {
    id: (time, n) => `substr(${hex(time)}, 1, 8) || '-' || substr(${hex(time)}, 9, 4) || '-7000-8000-' || printf('%012x', ${n})`,
    pad: (n) => `printf('%06d', ${n})`,
    int: (x) => `cast(${x} as integer)`,
  })
  const series = (first: number, last: number, step = 1): string => `(with recursive s(n) as (select ${first} union all select n + ${step} from s where n + ${step} <= ${last}) select n from s) where true`
  db.exec(insert('terminal', all.terminal, series(1, size.terminals)))
  for (const factor of all.factors) db.exec(insert('terminal_factor', factor, series(1, size.terminals)))
  for (let first = 1; first <= size.reports; first += 250_000) {
    db.exec(insert('report', { ...all.report, body: `cast(${all.body} as blob)` }, series(first, Math.min(size.reports, first + 249_999))))
  }
  db.exec('insert into terminal_report (terminal_id, id, position) select terminal_id, id, position from report order by terminal_id, id')
  db.exec(insert('incident', all.incident, series(WITH_BODY, size.reports, WITH_BODY)))
  for (const statement of ISSUES) db.exec(statement)
  db.exec('update fold_cursor set position = (select max(position) from report)')
  db.exec('insert into report_hour (hour, reports) select received_at / 3600000 * 3600000, count(*) from report group by 1')
  db.close()
}

/** Resolves when HQ has made the partitions of all days. */
export const partitionsOf = async (url: string): Promise<void> => {
  const client = new pg.Client(url)
  await client.connect()
  for (const end = performance.now() + 60_000; performance.now() < end; await pause(100)) {
    const { rows } = await client.query<{ n: number }>("select count(*)::int as n from pg_inherits where inhparent = 'report'::regclass")
    if ((rows[0]?.n ?? 0) * DAY > SPREAD_MS) break
  }
  await client.end()
}

/** Fills the PostgreSQL database of HQs that do not run; its partitions are there. */
export const fillPostgres = async (url: string, size: Size): Promise<void> => {
  const client = new pg.Client(url)
  await client.connect()
  await client.query("set synchronous_commit = off; set work_mem = '256MB'")
  const hex = (x: string): string => `lpad(to_hex(${x}), 12, '0')`
  const text = (time: string, n: string): string => `substr(${hex(time)}, 1, 8) || '-' || substr(${hex(time)}, 9, 4) || '-7000-8000-' || lpad(to_hex((${n})::bigint), 12, '0')`
  const all = columns(size, { id: text, pad: (n) => `lpad((${n})::text, 6, '0')`, int: (x) => `(${x})::bigint` })
  const series = (first: number, last: number, step = 1): string => `generate_series(${first}::bigint, ${last}, ${step}) as s(n)`
  await client.query(insert('terminal', all.terminal, series(1, size.terminals)))
  for (const factor of all.factors) await client.query(insert('terminal_factor', factor, series(1, size.terminals)))
  for (let first = 1; first <= size.reports; first += 250_000) {
    await client.query(insert('report', { ...all.report, id: `(${all.report.id})::uuid`, body: `convert_to(${all.body}, 'UTF8')` }, series(first, Math.min(size.reports, first + 249_999))))
  }
  if (size.reports > 0) {
    await client.query(insert('incident', all.incident, series(WITH_BODY, size.reports, WITH_BODY)))
    for (const statement of ISSUES) await client.query(statement)
  }
  await client.query("insert into report_hour (hour, slot, reports) select received_at / 3600000 * 3600000, 0, count(*) from report group by 1")
  await client.query('vacuum analyze')
  // As after a round of heartbeats: no page of the terminals is as vacuum left it.
  await client.query('update terminal set seen_at = seen_at + 1')
  await client.end()
}
