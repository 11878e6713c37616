import type { Generated } from 'kysely'

/** The tables of knowledge, as both engines have them. */
export interface KnowledgeTables {
  /** Repairs that were counted. */
  knowledge_example: { terminal_id: string; id: string; received_at: number }
  /** `model` and `firmware` are empty where nobody knows. */
  knowledge_remedy: { fault: string; remedy: string; model: string; firmware: string; worked: number; failed: number }
  knowledge_symptom: { fault: string; symptom: string; shown: number; hidden: number }
  /** Repairs counted ever; one row. */
  knowledge_total: { one: number; repairs: number }
  knowledge_pack: {
    sequence: number
    issued_at: number
    offered_at: number
    offered_by: string
    note: string | null
    /** JSON, the `measured` of an OfferPack. */
    measured: string
    /** JSON, a Pack. */
    pack: string
    /** Public key, SPKI, PEM. */
    key: string
    /** Null while it is offered. */
    withdrawn_at: Generated<number | null>
    withdrawn_by: Generated<string | null>
  }
}
