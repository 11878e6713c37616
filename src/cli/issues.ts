import * as z from 'zod'
import type { Text } from '../model/text.ts'

type Issue = z.core.$ZodIssue

/** Mistakes told at once; the rest is seen when these are put right. */
const MOST_TOLD = 5

/** Where a document may be of several shapes, the mistakes against the one that it comes nearest to. */
const unfolded = (issue: Issue): Issue[] => {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue]
  const nearest = issue.errors.reduce((best, branch) => (branch.length < best.length ? branch : best))
  return nearest.flatMap((inner) => unfolded({ ...inner, path: [...issue.path, ...inner.path] }))
}

/** What is wrong with a document, in both languages, and the first mistake, for its place. `error` must have been made with `reportInput`. */
export const mistakesIn = (error: z.ZodError): { first: Issue | undefined; told: Text } => {
  const issues = error.issues.flatMap(unfolded)
  const tell = ({ localeError }: ReturnType<typeof z.locales.en>): string =>
    issues.slice(0, MOST_TOLD).map((issue) => {
      const message = localeError(issue as Parameters<typeof localeError>[0])
      const said = typeof message === 'string' ? message : (message?.message ?? issue.message)
      return issue.path.length > 0 ? `${issue.path.join('.')}: ${said}` : said
    }).join('; ')
  return { first: issues[0], told: { zh: tell(z.locales.zhCN()), en: tell(z.locales.en()) } }
}
