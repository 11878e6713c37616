import type { Knowledge } from '../model/fault.ts'
import type { Kind } from './chain.ts'

/** A scenario as a story draws it: what it is seen on, and how often that happens relative to others. */
export interface Ordinary { scenario: string; kind: Kind; weight: number }

/** What befalls terminals by itself: scenarios by what they are seen on, each with the fault that it shows, whose prior says how often. */
const BEFALLS: Readonly<Record<Kind, Readonly<Record<string, string>>>> = {
  'full-shop.yaml': {
    'acquirer-silent': 'HST-UNREACHABLE', 'acquirer-slow': 'HST-SLOW', 'backup-stale': 'SYS-BACKUP-STALE', 'certificate-expired': 'NET-TLS-CERT-INVALID', 'database-corrupt': 'SYS-DB-CORRUPT',
    'disk-full': 'SYS-DISK-LOW', 'drawer-stuck': 'PER-DRAWER-FAIL', 'host-hot': 'ENV-TEMP-OUT-OF-RANGE', 'host-hung': 'SYS-SLOW-OR-HUNG', interference: 'ENV-EMI', 'network-cable-out': 'NET-LINK-DOWN',
    'network-dns-dead': 'NET-DNS-FAIL', 'network-flapping': 'NET-UNSTABLE', 'network-modem-no-data': 'NET-CELL-FAULT', 'network-no-dhcp': 'NET-NO-IP', 'network-wifi-weak': 'NET-WIFI-WEAK',
    'parameter-drift': 'CFG-PARAM-DRIFT', 'pos-crashed': 'SYS-APP-CRASH', 'power-battery-worn': 'PWR-BATTERY-FAULT', 'power-unexpected-reboot': 'PWR-UNEXPECTED-REBOOT', 'power-voltage-low': 'PWR-UNSTABLE',
    'printer-cover-open-not-paper-out': 'PRN-COVER-OPEN', 'printer-cutter-stuck': 'PRN-CUTTER-FAIL', 'printer-faded': 'PRN-FADED', 'printer-head-hot': 'PRN-HEAD-OVERHEAT', 'printer-jam': 'PRN-PAPER-JAM',
    'printer-network-unreachable': 'PRN-OFFLINE', 'printer-paper-low': 'PRN-PAPER-LOW', 'printer-paper-out': 'PRN-PAPER-OUT', 'printer-queue-stuck': 'PRN-QUEUE-STUCK', 'reader-chip-reads-fail': 'CRD-CHIP-READ-FAIL',
    'reader-dirty-head': 'CRD-MSR-READ-FAIL', 'reader-several-cards-in-the-field': 'CRD-NFC-COLLISION', 'reader-silent': 'CRD-READER-OFFLINE', 'reader-taps-fail': 'CRD-NFC-READ-FAIL', 'room-humid': 'ENV-HUMIDITY-HIGH',
    'scanner-unplugged': 'PER-SCANNER-FAULT', 'version-old': 'CFG-VERSION-OUTDATED',
  },
  'supermarket-lane.yaml': {
    'display-dark': 'PER-DISPLAY-FAULT', 'hub-dead': 'PER-USB-UNSTABLE', 'keyboard-key-stuck': 'PER-KEYBOARD-FAULT', 'network-cable-out-static-address': 'NET-LINK-DOWN', 'network-loss-only': 'NET-UNSTABLE',
    'network-no-address': 'NET-NO-IP', 'pinpad-keys-invalid': 'PED-KEYS-INVALID', 'pinpad-silent': 'PED-OFFLINE', 'printer-cover-open-paper-near-end': 'PRN-COVER-OPEN', 'printer-paper-out-no-near-end-sensor': 'PRN-PAPER-OUT',
    'printer-silent-on-serial': 'PRN-OFFLINE', 'reader-tampered': 'SEC-TAMPER-DETECTED', 'reader-unplugged': 'CRD-READER-OFFLINE', 'room-dry-static': 'ENV-ESD', 'usb-flapping': 'PER-USB-UNSTABLE',
  },
  'smartcard-counter.yaml': { 'printer-unplugged': 'PRN-OFFLINE', 'reader-mute-card': 'CRD-CHIP-READ-FAIL', 'reader-service-stopped': 'CRD-READER-OFFLINE', 'wallet-http-error': 'HST-UNREACHABLE' },
  'bare.yaml': { 'network-adapter-gone': 'NET-LINK-DOWN', 'power-battery-hot': 'PWR-BATTERY-FAULT', 'power-mains-lost-laptop': 'PWR-AC-LOST', 'power-undervoltage': 'PWR-UNSTABLE' },
}

/** The scenarios that a story draws from, weighted by the catalogue. Throws if it has no such fault. */
export const ordinaryOf = ({ faults }: Knowledge): Ordinary[] =>
  Object.entries(BEFALLS).flatMap(([kind, shown]) =>
    Object.entries(shown).map(([scenario, code]) => {
      const fault = faults.find((f) => f.code === code)
      if (fault === undefined) throw new Error(`the catalogue has no ${code}, which ${scenario} is drawn by`)
      return { scenario, kind: kind as Kind, weight: fault.prior.p }
    }),
  )
