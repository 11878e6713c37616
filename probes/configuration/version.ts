/** The first version number of a text, as `4.2.1-rc1` out of `POS v4.2.1-rc1 (build 77)`; undefined if there is none. */
export const versionIn = (text: string): string | undefined => /\d+(?:\.\d+)+(?:-[0-9A-Za-z.]+)?|\d+/.exec(text)?.[0]

/** Orders versions: negative if a is older than b. Numbers are compared as numbers, missing ones are zero, and `1.2-rc1` is older than `1.2`. */
export const compareVersions = (a: string, b: string): number => {
  const parts = (version: string) => {
    const [numbers = '', ...rest] = version.split('-')
    return { numbers: numbers.split('.').map(Number), early: rest.join('-') }
  }
  const [left, right] = [parts(a), parts(b)]
  for (let i = 0; i < Math.max(left.numbers.length, right.numbers.length); i += 1) {
    const difference = (left.numbers[i] ?? 0) - (right.numbers[i] ?? 0)
    if (difference !== 0) return difference
  }
  if (left.early === right.early) return 0
  if (left.early === '' || right.early === '') return left.early === '' ? 1 : -1
  return left.early.localeCompare(right.early, 'en', { numeric: true })
}
