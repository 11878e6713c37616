import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { probes } from '../../probes/index.ts'
import { catalogue } from '../../src/faults/index.ts'
import leaks from '../../src/faults/leaks.json' with { type: 'json' }
import { Subsystem } from '../../src/model/fault.ts'

const CODES = `
CRD-CHIP-READ-FAIL CRD-MSR-READ-FAIL CRD-NFC-READ-FAIL CRD-NFC-COLLISION CRD-READER-OFFLINE CRD-EMV-PARAM-MISSING CRD-EMV-OFFLINE-DECLINE PED-OFFLINE PED-KEYS-INVALID
PRN-PAPER-OUT PRN-PAPER-LOW PRN-PAPER-JAM PRN-COVER-OPEN PRN-CUTTER-FAIL PRN-HEAD-OVERHEAT PRN-OFFLINE PRN-QUEUE-STUCK PRN-FADED
PWR-AC-LOST PWR-BATTERY-LOW PWR-BATTERY-FAULT PWR-UNSTABLE PWR-UNEXPECTED-REBOOT
NET-LINK-DOWN NET-WIFI-WEAK NET-CELL-FAULT NET-NO-IP NET-DNS-FAIL NET-INTERNET-DOWN NET-UNSTABLE NET-FIREWALL-BLOCKED NET-TLS-CERT-INVALID
HST-UNREACHABLE HST-SLOW HST-ISSUER-DOWN HST-SIGNON-REQUIRED SYS-APP-CRASH SYS-SLOW-OR-HUNG SYS-DISK-LOW SYS-CLOCK-SKEW SYS-DB-CORRUPT SYS-BACKUP-STALE
PER-SCANNER-FAULT PER-KEYBOARD-FAULT PER-DISPLAY-FAULT PER-DRAWER-FAIL PER-USB-UNSTABLE ENV-TEMP-OUT-OF-RANGE ENV-HUMIDITY-HIGH ENV-EMI ENV-ESD
TXN-DECLINED-ISSUER TXN-FUNDS-OR-LIMIT TXN-PIN-ERROR TXN-CARD-INVALID TXN-CARD-CAPTURE TXN-TIMEOUT-UNKNOWN TXN-REVERSAL-PENDING TXN-REVERSAL-FAILED TXN-DUPLICATE-SUSPECT
TXN-AMOUNT-MISMATCH TXN-WRONG-TYPE TXN-INCOMPLETE TXN-RECEIPT-NOT-PRINTED TXN-OFFLINE-PENDING TXN-REFUND-PENDING
SET-WITHIN-CYCLE SET-NOT-SETTLED SET-BATCH-MISMATCH SET-RECORD-MISSING SET-OVERDUE SET-FUNDS-HELD SET-ACCOUNT-PROBLEM SET-AMOUNT-SHORT
DEP-AMOUNT-MISMATCH DEP-NOT-CONFIRMED DEP-REFUND-OVERDUE AUT-OPEN-EXPIRING AUT-COMPLETION-REJECTED AUT-CANCEL-FAILED GUA-CHECK-FAILED GUA-APPLICATION-ERROR
SVC-SUSPENDED SVC-FEE-OVERDUE SVC-AGREEMENT-BREACH SVC-RISK-HOLD SVC-DOCS-EXPIRED SVC-INACTIVE SVC-LOCATION-MISMATCH SVC-NOT-REGISTERED SVC-NOT-PERMITTED
SEC-TAMPER-DETECTED SEC-INSPECTION-OVERDUE SEC-DEVICE-MISMATCH SEC-SENSITIVE-DATA-IN-LOG CFG-VERSION-OUTDATED CFG-INCOMPATIBLE CFG-PARAM-DRIFT CFG-UPDATE-FAILED
`.trim().split(/\s+/)

/** What the founding catalogue does not name, but a terminal can have. */
const ADDED = ['PWR-UPS-CONTACT-LOST', 'PWR-UPS-FAULT', 'PER-SCALE-FAULT', 'SEC-PERIPHERAL-SWAPPED']

const DIAGNOSABLE = ['card-reader', 'printer', 'power', 'network', 'peripherals', 'environment', 'configuration']
/** It makes nothing impossible, but cash without a drawer is worse. */
const HARMFUL_ADVISORY = ['PER-DRAWER-FAIL']

/** What holds for all faults lies beside them. */
const SHARED = ['leaks.json', 'changes.json', 'groups.json']

const kindOf = new Map(probes.flatMap((probe) => probe.symptoms.map((rule) => [rule.id, probe.kind] as const)))

describe('the catalogue', () => {
  it('has the 99 faults of the founding catalogue and those added since, each once', () => {
    expect(CODES).toHaveLength(99)
    expect(catalogue.faults.map((fault) => fault.code).sort()).toEqual([...CODES, ...ADDED].sort())
  })

  it('says of every fault between the terminal and the acquirer which stretch of the way is broken', () => {
    const way = catalogue.faults.filter(({ code }) => /^(NET|HST)-/.test(code))
    expect(way.filter(({ layer }) => layer === undefined).map(({ code }) => code)).toEqual([])
    expect(catalogue.faults.filter(({ layer }) => layer !== undefined).length).toBe(way.length)
    expect(new Set(way.map(({ layer }) => layer))).toEqual(new Set(['shop', 'provider', 'acquirer']))
  })

  it('keeps each fault in the file of its subsystem', () => {
    const files = readdirSync(join(import.meta.dirname, '../../src/faults')).filter((name) => name.endsWith('.json') && !SHARED.includes(name)).map((name) => name.replace('.json', ''))
    expect(files.sort()).toEqual([...Subsystem.options].sort())
  })

  describe.each(catalogue.faults)('$code', (fault) => {
    it('says everything in both languages, Chinese in Chinese characters', () => {
      const texts = [fault.title, fault.signs, fault.causes, fault.evidence, fault.remedy.workaround, fault.remedy.verify, ...fault.remedy.steps]
      for (const text of texts) {
        expect(text.zh).toMatch(/\p{Script=Han}/u)
        expect(text.en).not.toMatch(/\p{Script=Han}/u)
      }
    })

    it('speaks only of symptoms that a probe reads, on a device that can have them', () => {
      for (const shows of fault.shows) {
        expect(kindOf.has(shows.symptom), shows.symptom).toBe(true)
        if (shows.on === 'self') expect(kindOf.get(shows.symptom)).toBe(fault.on)
      }
    })

    it('has ways whose shares make a whole and which it uses', () => {
      const ways = Object.keys(fault.ways)
      if (ways.length > 0) expect(Object.values(fault.ways).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9)
      for (const shows of fault.shows) expect(ways).toEqual(expect.arrayContaining(shows.ways ?? []))
    })

    it('has no effect on tenders if it is an advisory', () => {
      if (fault.severity === 'advisory' && !HARMFUL_ADVISORY.includes(fault.code)) expect(fault.impact).toEqual({})
    })

    it('shows itself where probes can look', () => {
      const expected = DIAGNOSABLE.includes(fault.subsystem) || fault.subsystem === 'host-software'
      if (expected) expect(fault.shows.length).toBeGreaterThan(0)
    })
  })

  it('never lets a printer fault block a way of taking money, nor a network fault touch cash', () => {
    for (const fault of catalogue.faults) {
      if (fault.subsystem === 'printer') expect(Object.values(fault.impact)).not.toContain('blocked')
      if (fault.subsystem === 'network') expect(fault.impact.cash).toBeUndefined()
    }
  })
})

describe('leaks', () => {
  it('are given for symptoms that a probe reads', () => {
    expect(Object.keys(leaks.symptoms).filter((id) => !kindOf.has(id))).toEqual([])
  })

  it('fall back to the standard', () => {
    expect(catalogue.leak('printer.no-such-symptom')).toBe(leaks.standard.p)
    expect(catalogue.leak('printer.port-busy')).toBe(0.3)
  })
})
