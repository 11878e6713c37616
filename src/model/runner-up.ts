import type { Diagnosis, Verdict } from './diagnosis.ts'

// Apart from diagnosis.ts, so that a browser's page can tell it without loading the schema library.

/** The fault that came nearest to being found in place of one that was: the likeliest of those that lost to a found one; undefined where nothing contended. */
export const runnerUp = ({ verdicts }: Diagnosis): Verdict | undefined =>
  verdicts.filter((v) => v.lost !== undefined && v.lost.by.length > 0).sort((a, b) => b.posterior - a.posterior)[0]
