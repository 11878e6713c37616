/** How many cases a property is tried with: 300, or as many as POSDIAG_FUZZ_CASES says for a long run. */
export const RUNS = { numRuns: Number(process.env.POSDIAG_FUZZ_CASES ?? 300) }
