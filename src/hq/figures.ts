import type { HqLog } from './log.ts'
import { type Metrics, metrics } from './metrics.ts'
import type { Moment, Store, StoreFigures } from './store.ts'

const COMMIT_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]
const GROUP_SIZES = [1, 2, 5, 10, 20, 50, 100, 200, 400]

const byLabel = (label: string, counts: Record<string, number> | undefined): { value: number; labels: Record<string, string> }[] =>
  Object.entries(counts ?? {}).map(([key, value]) => ({ value, labels: { [label]: key } }))

const ofProcess = (all: Metrics): void => {
  all.gauge('process_resident_memory_bytes', 'Resident memory size in bytes.', () => [{ value: process.memoryUsage.rss() }])
  all.gauge('process_start_time_seconds', 'Start time of the process since unix epoch in seconds.', () => [{ value: Math.round(performance.timeOrigin) / 1000 }])
  all.total('process_cpu_seconds_total', 'Total user and system CPU time spent in seconds.', () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1e6
  })
}

/** The metrics of HQ: what routes count, and what is asked of the store at a scrape. */
export const hqMetrics = (store: Store, log: HqLog, version: string, moment: () => Moment, waiting: () => number, listeners: () => number) => {
  const all = metrics()
  let latest: StoreFigures | undefined
  all.gauge('posdiag_hq_info', 'Version of HQ; always 1.', () => [{ value: 1, labels: { version } }])
  all.gauge('posdiag_hq_store_up', '1 if the store answered at this scrape.', () => [{ value: latest === undefined ? 0 : 1 }])
  all.gauge('posdiag_hq_unfolded_reports', 'Reports stored and not yet folded into incidents.', () => (latest === undefined ? [] : [{ value: latest.unfolded }]))
  all.gauge('posdiag_hq_open_incidents', 'Open incidents by severity.', () => byLabel('severity', latest?.openIncidents))
  all.gauge('posdiag_hq_terminals', 'Terminals by contact.', () => byLabel('contact', latest?.terminals))
  all.gauge('posdiag_hq_store_bytes', 'Size of the database.', () => (latest === undefined ? [] : [{ value: latest.bytes }]))
  all.gauge('posdiag_hq_waiting_reports', 'Reports read and not yet durable.', () => [{ value: waiting() }])
  all.gauge('posdiag_hq_live_listeners', 'Pages that listen to live updates.', () => [{ value: listeners() }])
  ofProcess(all)
  const counted = {
    reports: all.counter('posdiag_hq_reports_total', 'Reports received, by what became of them.'),
    masked: all.counter('posdiag_hq_masked_total', 'Pieces of card data that agents let through and HQ took out.'),
    refused: all.counter('posdiag_hq_refused_requests_total', 'Uploads refused because too much was waiting.'),
    alertMessages: all.counter('posdiag_hq_alert_messages_total', 'Tries to send alert messages, by what became of the message.'),
    heartbeats: all.counter('posdiag_hq_heartbeats_total', 'Heartbeats received.'),
  }
  // What never happened yet is 0 rather than missing, so that a rate can be taken of it.
  for (const state of ['sent', 'waiting', 'failed']) counted.alertMessages.add(0, { state })
  return {
    metrics: all,
    counted,
    commitSeconds: all.histogram('posdiag_hq_commit_seconds', 'Duration of a transaction that stores reports.', COMMIT_SECONDS),
    groupSizes: all.histogram('posdiag_hq_commit_reports', 'Reports stored by one transaction.', GROUP_SIZES),
    folded: all.counter('posdiag_hq_folded_reports_total', 'Reports folded into incidents, and those of them that were late.'),
    refresh: async (): Promise<void> => {
      try {
        latest = await store.figures(moment())
      } catch (error) {
        latest = undefined
        log.warn('the store gave no figures', { error: error instanceof Error ? error.message : String(error) })
      }
    },
  }
}
