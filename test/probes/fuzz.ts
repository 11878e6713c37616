/** How many cases a property is tried with: 300, or as many as POSDIAG_FUZZ_CASES says for a long run. */
export const RUNS = { numRuns: Number(process.env.POSDIAG_FUZZ_CASES ?? 300) }

/** By how much a look may be late on a machine that has other things to do; one that hangs is later than that. */
export const GRACE_MS = 5_000
