import type { Severity } from '../model/fault.ts'

const RANK = { block: 3, degraded: 2, advisory: 1 } as const

/** How bad a severity is, for sorting; higher is worse. */
export const rankOf = (severity: Severity): number => RANK[severity]
