import { createHash } from 'node:crypto'
import { isFailure } from '../journal/intake.ts'
import type { Report } from '../model/report.ts'
import type { TransactionStep } from '../model/transaction.ts'
import type { Command, Heartbeat } from '../model/wire.ts'
import type { RepairWords } from '../texts/repair.ts'
import type { Agent, AgentOptions, AgentStatus } from './agent.ts'
import { bootFacts, enterBoot, hostBoot, markClean } from './boot.ts'
import { systemClock } from './clock.ts'
import { configured, keepConfiguration, keptConfiguration, objectionTo } from './configuration.ts'
import { openDesk } from './desk.ts'
import { dueLines } from './due-lines.ts'
import { createFixer, type Fixer } from './fixer.ts'
import { followJournals } from './follow.ts'
import { createHeart, type Heart, type Taken } from './heartbeat.ts'
import { createHq, type Hq } from './hq.ts'
import { createHttpClient } from './http.ts'
import { createJournal } from './journal.ts'
import { createKeeper } from './keeper.ts'
import { logBundle, remembering } from './log-bundle.ts'
import { createMemory } from './memory.ts'
import { createNotifier } from './notify.ts'
import { createOutbox, type Outbox, spoolOf } from './outbox.ts'
import { createPacks, type Packs, packStanding } from './packs.ts'
import { withBoots } from './past.ts'
import { type CheckOrder, createQueue, type Job } from './queue.ts'
import { noteCounters, noteReads, readFacts } from './reads.ts'
import { priorityOf } from './report.ts'
import { SALE_MS, watchSales } from './sale.ts'
import type { Store } from './store.ts'
import { createTakings } from './takings.ts'
import { createTransfers } from './transfers.ts'
import { startTriggers, type Triggers } from './triggers.ts'

/** From this many waiting reports on, a start waits its turn before it uploads, so that a whole region after a power cut does not come at once. */
const MANY_WAITING = 20
const TURN_MS = 60_000
const SMALL_WAIT_MS = 2_000
const STOP_CHECK_MS = 3_000
const DRAIN_MS = 4_000
const FLUSH_MS = 10_000

/** Where the port of the desk is kept, so that a page that stays open, or a bookmark, finds the next agent. */
const DESK_PORT = 'desk-port'

const URGENT = new Set(['operator', 'hq', 'retest'])

/** This terminal's place in the minute, from 0 up to 1, the same at every start. */
const turnOf = (terminalId: string): number => createHash('sha256').update(terminalId).digest().readUInt32BE() / 2 ** 32

/**
 * Starts the agent: claims the state folder, enters the boot, opens the desk, makes the first check and goes on by its triggers.
 * Rejects with AlreadyRunning, or if the address of HQ or its CA file cannot be used; a store that cannot be used is no
 * reason not to start. The caller handles signals and calls `stop`.
 */
export const startAgent = async (options: AgentOptions): Promise<Agent> => {
  const { stateDir } = options
  const { log, lines } = remembering(options.log)
  const clock = options.clock ?? systemClock
  const env = options.env ?? process.env
  const host = options.host ?? hostBoot(options.terminal.paths.proc)
  const startedAt = clock.now()
  const hqOptions = options.hq

  const keeper = createKeeper(stateDir, { clock, log, ...(options.bounds ? { bounds: options.bounds } : {}) })
  const past = keeper.use((store) => enterBoot(store, host, clock.now()))
  let file = options.terminal
  let configuration = keeper.use(keptConfiguration)
  let terminal = configured(file, configuration)
  const journal = createJournal({ keeper, stateDir, terminal, clock, log })
  const sales = watchSales(clock)
  sales.hear(keeper.use((store) => store.steps(64)).filter((s) => Math.abs(clock.now() - s.at) < SALE_MS))
  let outbox: Outbox | undefined
  let heart: Heart | undefined
  let hq: Hq | undefined
  let packs: Packs | undefined
  let triggers: Triggers | undefined

  const wake = (report: Report, { trigger }: CheckOrder): void => {
    if (!outbox) return
    if (URGENT.has(trigger.by)) {
      outbox.poke(0, true)
      return
    }
    const crowd = trigger.by === 'boot' && keeper.use(spoolOf).reports > MANY_WAITING
    outbox.poke(crowd && priorityOf(report) !== 'critical' ? turnOf(terminal.terminal.id) * TURN_MS : clock.random() * SMALL_WAIT_MS)
  }
  const memory = createMemory({
    keeper, terminal, faults: options.faults, version: options.version, host, deliver: hqOptions !== undefined, fullMs: options.schedule.fullMs,
    onReport: (report, order) => {
      wake(report, order)
      heart?.beat(SMALL_WAIT_MS)
    },
    repairs: (check) => fixer?.concludes(check) ?? [],
    onNearlyClosed: (stillSo) => triggers?.retestSoon(stillSo),
    clock, log,
  })
  const transfers = createTransfers(keeper, clock)
  const queue = createQueue({
    run: (order, onProgress) => {
      const last = memory.carried()
      const reads = order.depth === 'full' ? keeper.use((store) => readFacts(store, clock.now())) : undefined
      return options.look({ terminal, trigger: order.trigger, depth: order.depth, boot: { ...bootFacts(past, host, clock.now()), transfers24h: transfers.counts() }, past: withBoots(memory.past(), past.began), ...(last ? { last } : {}), ...(reads ? { reads } : {}), ...(order.only ? { only: order.only } : {}), ...(order.deadlineMs === undefined ? {} : { deadlineMs: order.deadlineMs }) }, onProgress)
    },
    conclude: (check, order) => {
      transfers.hear(check.observations)
      keeper.use((store) => noteCounters(store, check.observations))
      return memory.conclude(check, order)
    },
    saleOpen: sales.open, clock, log,
  })
  let saleTimer = (): void => undefined
  const hear = (steps: readonly TransactionStep[], also?: (store: Store) => void): void => {
    journal.add(steps, also)
    keeper.use((store) => {
      store.addSteps(steps)
      noteReads(store, steps)
    })
    sales.hear(steps)
    saleTimer()
    saleTimer = clock.after(sales.restMs(), queue.resume)
    const failed = steps.findLast(isFailure)
    if (failed) triggers?.transactionFailed(`${failed.step} ${failed.transaction}${failed.error === undefined ? '' : ` ${failed.error}`}`)
  }
  const status = (): AgentStatus => {
    const { check } = memory.last()
    const running = queue.running()
    const state = keeper.use((store) => ({ spool: spoolOf(store), deliveredAt: store.meta('deliveredAt'), sequence: store.db.path === ':memory:' ? 0 : store.sequence() }))
    const problem = keeper.problem()
    return {
      terminal: terminal.terminal,
      agent: { version: options.version, pid: process.pid, startedAt },
      readiness: check?.readiness ?? [],
      ...(check ? { checkedAt: check.startedAt, trigger: check.trigger } : {}),
      incidents: Object.values(memory.incidents().open).map((t) => t.incident),
      spool: state.spool, sequence: state.sequence,
      ...(state.deliveredAt === undefined ? {} : { deliveredAt: Number(state.deliveredAt) }),
      ...(hq ? { hq: hq.state() } : {}),
      ...(problem ? { store: problem } : {}),
      saleOpen: sales.open(),
      ...(running ? { running: { id: running.id, looked: running.looked, total: running.total } } : {}),
    }
  }
  const heartbeat = (): Heartbeat => {
    const now = status()
    const { rejected: _, ...spool } = now.spool
    return {
      at: clock.now(), agentVersion: options.version, bootId: host.id, uptimeMs: host.uptimeMs(), sequence: now.sequence, spool, readiness: [...now.readiness],
      openIncidents: now.incidents.length, ...(now.checkedAt === undefined ? {} : { checkedAt: now.checkedAt }),
      ...(configuration === undefined ? {} : { configuration: configuration.revision }),
      ...(packs ? { pack: packStanding(memory.last().check?.pack, packs) } : {}),
    }
  }
  /** Goes on by the terminal file and configuration as they are now. */
  const goBy = (): void => {
    terminal = configured(file, configuration)
    memory.terminalChanged(terminal)
    triggers?.terminalChanged(terminal)
    journal.terminalChanged(terminal)
  }
  const PAYING = 'a customer is paying; ask again in a few minutes'
  const configure = ({ id, configuration: asked }: Command): Taken => {
    if (asked === undefined) return { refused: 'the command holds no configuration' }
    if (sales.open()) return { refused: PAYING }
    const objection = objectionTo(asked, options.limits ?? new Set())
    if (objection !== undefined) return { refused: objection }
    const before = configuration
    if (before !== undefined && asked.revision < before.revision) return { refused: `this terminal goes by the newer revision ${before.revision}` }
    configuration = asked
    goBy()
    log.info('a configuration is tried', { command: id, revision: asked.revision, before: before?.revision ?? 0 })
    return {
      job: queue.ask({ trigger: { by: 'hq', detail: id }, depth: 'full' }),
      keep: () => {
        keeper.use((store) => keepConfiguration(store, asked))
        log.info('a configuration is kept', { command: id, revision: asked.revision })
      },
      undo: () => {
        configuration = before
        goBy()
        log.warn('a configuration is undone: no check came of it', { command: id, revision: asked.revision, now: before?.revision ?? 0 })
      },
    }
  }
  if (hqOptions) {
    const client = createHttpClient(hqOptions.url, { version: options.version, env, now: clock.now, ...(hqOptions.ca === undefined ? {} : { ca: hqOptions.ca }), ...(hqOptions.certificate === undefined ? {} : { certificate: hqOptions.certificate }) })
    const link = createHq(hqOptions, client, { stateDir, identity: terminal.terminal, version: options.version, now: clock.now, clock: () => ({ at: clock.now(), bootId: host.id, uptimeMs: host.uptimeMs() }) })
    if (/^http:\/\/(?!localhost|127\.|\[::1\])/.test(hqOptions.url)) log.warn('reports travel to HQ without encryption; use https://', { url: hqOptions.url })
    hq = link
    const box = createOutbox({ keeper, send: link.send, clock, log })
    outbox = box
    const patient = async (id: string): Promise<void> => {
      const late = Promise.withResolvers<void>()
      const cancel = clock.after(FLUSH_MS, late.resolve)
      await Promise.race([box.settled(id), late.promise])
      cancel()
    }
    packs = options.judgePack && createPacks({ stateDir, keeper, fetch: link.pack, judge: options.judgePack, version: options.version, clock, log })
    heart = createHeart({
      hq: link, keeper, facts: heartbeat, flush: patient, clock, log,
      configure, takings: createTakings(keeper, clock), offered: (pack) => packs?.offered(pack), elsewhere: memory.heardElsewhere,
      logs: () => (sales.open() ? { refused: PAYING } : keeper.use((store) => logBundle({ stateDir, lines: lines(), status: status(), store, now: clock.now() }))),
      check: (command) => queue.ask({ trigger: { by: 'hq', detail: command.id }, depth: 'full', ...(command.only ? { only: command.only } : {}) }),
    })
  }

  const { repair } = options
  const fixer: Fixer | undefined = repair && createFixer({
    stateDir, terminal: () => terminal, now: clock.now, knowledge: repair.knowledge, guide: repair.guide, saleOpen: sales.open,
    weigh: (check, told) => repair.weigh(terminal, check, told),
    regression: (at) => memory.incidents().open[`${at.fault} ${at.device}`]?.incident.regression === true,
    look: async (by) => {
      const job = queue.ask({ trigger: { by }, depth: 'full' })
      const report = await job.done
      if (!report) throw new Error(`the check did not come about: ${job.detail ?? job.state}`)
      return report.check
    },
  })
  const repairWords = async (): Promise<RepairWords> => (repair ? { faults: (await repair.knowledge({})).faults, tests: (await repair.guide()).tests, meaning: repair.meaning } : { faults: [], tests: [], meaning: () => undefined })
  let bootJob: Job | undefined
  const firstJob = (): Job => (bootJob ??= queue.ask({ trigger: past.first ? { by: 'boot' } : { by: 'schedule', detail: 'the agent started again' }, depth: 'full' }))
  const port = options.desk.port || Number(keeper.use((store) => store.meta(DESK_PORT)) ?? 0)
  const desk = await openDesk({ port, stateDir, ...(options.desk.mode === undefined ? {} : { mode: options.desk.mode }) }, {
    status, last: memory.last, ask: queue.ask, boot: firstJob, hear,
    find: (id) => queue.find(id) ?? (bootJob?.id === id ? bootJob : undefined),
    reports: (limit) => keeper.use((store) => store.reports(limit)),
    report: (id) => keeper.stores().map((store) => store.report(id)).find((body) => body !== undefined),
    due: () => keeper.use((store) => dueLines(store, stateDir, terminal, options.faults, clock.now())),
    faults: options.faults, fixer: () => fixer, repairWords, language: options.language, clock, log,
  })
  keeper.use((store) => store.setMeta(DESK_PORT, new URL(desk.url).port))
  const booted = firstJob().done
  triggers = startTriggers({ schedule: options.schedule, terminal, ask: (order) => void queue.ask(order), devices: options.watchDevices ?? true }, { clock, log })
  let followers = followJournals({ sources: terminal.journals, keeper, hear, clock, log })
  const notifier = createNotifier(env, queue.alive, { clock, log })
  notifier.ready()
  // What an earlier run left behind must not wait for the first check to end.
  outbox?.poke(keeper.use(spoolOf).reports > MANY_WAITING ? turnOf(terminal.terminal.id) * TURN_MS : clock.random() * SMALL_WAIT_MS)
  heart?.beat(clock.random() * SMALL_WAIT_MS)
  log.info('the agent runs', { desk: desk.url, hq: hqOptions?.url ?? 'none', stateDir, sequence: status().sequence, boot: host.id, ...bootFacts(past, host, clock.now()) })

  const { promise: stopped, resolve: markStopped } = Promise.withResolvers<void>()
  let stopping: Promise<void> | undefined
  const stop = async (reason: string): Promise<void> => {
    log.info('the agent stops', { reason })
    notifier.stop()
    notifier.stopping()
    triggers?.stop()
    await followers.stop()
    journal.stop()
    packs?.stop()
    saleTimer()
    await queue.stop(STOP_CHECK_MS)
    await desk.close()
    await outbox?.stop(DRAIN_MS)
    await heart?.stop(reason)
    hq?.close()
    keeper.use((store) => markClean(store, host))
    keeper.close()
    markStopped()
  }
  return {
    desk: { url: desk.url, token: desk.token },
    booted, stopped, status,
    delivered: (id) => outbox?.settled(id) ?? Promise.resolve('stopped'),
    reload: (read) => {
      if (read.terminal.id !== terminal.terminal.id) throw new Error(`the terminal is ${terminal.terminal.id}, not ${read.terminal.id}; to give it another id, restart the agent`)
      file = read
      goBy()
      const before = followers
      followers = followJournals({ sources: read.journals, keeper, hear, clock, log, after: before.stop() })
      queue.ask({ trigger: { by: 'schedule', detail: 'the terminal file changed' }, depth: 'full' })
    },
    stop: (reason) => (stopping ??= stop(reason)),
  }
}
