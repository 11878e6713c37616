import * as z from 'zod'

/** Work that keeps a terminal well. inspection: the look for skimmers and swapped devices of PCI DSS 9.5. */
export const Task = z.enum(['inspection', 'print-head', 'reader', 'scanner', 'case', 'update', 'backup', 'settlement', 'spare', 'training', 'power'])
export type Task = z.infer<typeof Task>

/** How often each task falls due, in days, beyond the usual; 0 where a shop has nothing of the kind. */
export const Plan = z.strictObject({ everyDays: z.partialRecord(Task, z.int().min(0).max(3650)).default({}) })
export type Plan = z.infer<typeof Plan>
