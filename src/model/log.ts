import * as z from 'zod'
import { Text } from './text.ts'

/** How much a line of a log matters: `info` is for the record, `critical` stops the terminal or costs data. */
export const LogSeverity = z.enum(['info', 'warning', 'error', 'critical'])
export type LogSeverity = z.infer<typeof LogSeverity>

/** The classes of trouble that a kernel or service log can show, each with what it weighs by itself. Names are a contract. */
export const LOG_CLASSES = {
  'usb.enumeration_failure': 'error',
  'usb.port_cannot_enable': 'error',
  'usb.overcurrent': 'error',
  'usb.disconnect': 'info',
  'usb.disconnect_loop': 'error',
  'usb.reset': 'info',
  'usb.emi': 'warning',
  'usb.host_controller_dead': 'critical',
  'usb.cable_bad': 'error',
  'serial.stalled': 'error',
  'printer.offline': 'error',
  'printer.driver_contention': 'warning',
  'cardreader.lost': 'error',
  'cardreader.timeout': 'error',
  'cardreader.init_failed': 'error',
  'cardreader.reset': 'warning',
  'ups.usb_reconnect': 'warning',
  'power.undervoltage': 'error',
  'power.supply_inadequate': 'error',
  'fs.corruption': 'critical',
  'fs.journal_aborted': 'critical',
  'fs.mount_failed': 'error',
  'fs.readonly': 'critical',
  'storage.sd_failing': 'critical',
  'storage.mmc_timeout': 'error',
  'storage.mmc_errors': 'warning',
  'storage.ata_link_error': 'error',
  'storage.ata_timeout': 'error',
  'storage.ata_media_error': 'critical',
  'storage.nvme_down': 'critical',
  'storage.nvme_timeout': 'critical',
  'storage.device_lost': 'critical',
  'storage.write_error': 'error',
  'storage.disk_failing': 'critical',
  'memory.oom_system': 'error',
  'memory.oom_cgroup': 'error',
  'memory.kmem_limit': 'warning',
  'thermal.throttled': 'warning',
  'thermal.recovered': 'info',
  'cpu.mce_logged': 'warning',
  'cpu.mce_hardware_error': 'critical',
  'kernel.hung_task': 'error',
  'kernel.oops': 'critical',
  'network.link_down': 'warning',
  'network.link_flap': 'error',
  'network.nic_hang': 'error',
  'network.cable': 'error',
  'clock.jump': 'warning',
  'app.crash': 'error',
  'benign.attach': 'info',
} as const satisfies Record<string, LogSeverity>

/** Name of a class of trouble in a log. */
export type LogClass = keyof typeof LOG_CLASSES

const LogClassName = z.enum(Object.keys(LOG_CLASSES) as [LogClass, ...LogClass[]])

const Moment = z.union([z.iso.datetime(), z.number()])

/** What the lines of a log say of one device: one line of the output of `posdiag logs`. */
export const LogFinding = z.strictObject({
  /** The class, and with it those that the same lines also show. */
  classes: z.array(LogClassName).min(1),
  /** What it concerns, by the kernel's name where there is one (`usb 1-1.3`, `sda`, `eth0`), else `host`. */
  device: z.string().min(1),
  severity: LogSeverity,
  /** Lines that say so. */
  count: z.int().positive(),
  /** When the first and the last of these lines were written: wall time (ISO 8601, UTC), or seconds since the kernel started where the log tells only that; absent where it tells neither. */
  first: Moment.optional(),
  last: Moment.optional(),
  /** The trouble that this is a consequence of: repair that one. */
  follows: z.strictObject({ class: LogClassName, device: z.string() }).optional(),
  /** What it means and what it does not. */
  meaning: Text,
  /** The first of these lines, through the card-data filter and cut to 400 characters. */
  line: z.string(),
})
export type LogFinding = z.infer<typeof LogFinding>
