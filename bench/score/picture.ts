import { among, type Outcome } from '../../src/cli/score/run.ts'
import { catalogue } from '../../src/faults/index.ts'

const CELL = 11
const LEFT = 190
const TOP = 170
const NOTHING = 'nothing found'

/** True fault against the fault said first for it: one count for every true fault of every scenario. */
const tableOf = (outcomes: readonly Outcome[]): Map<string, Map<string, number>> => {
  const table = new Map<string, Map<string, number>>()
  const count = (truth: string, said: string): void => {
    const row = table.get(truth) ?? new Map<string, number>()
    row.set(said, (row.get(said) ?? 0) + 1)
    table.set(truth, row)
  }
  for (const { truth, said } of outcomes) {
    const first = said.slice(0, Math.max(1, truth.length)).filter((v) => v.verdict !== 'ruled-out')
    const wrong = first.filter((v) => !among(v, truth))
    if (truth.length === 0) count('healthy', first.find((v) => v.verdict === 'found')?.fault ?? NOTHING)
    for (const at of truth) count(at.fault, among(at, first) ? at.fault : (wrong[0]?.fault ?? NOTHING))
  }
  return table
}

/**
 * The confusion table as an SVG picture: a row per true fault, a column per fault said in its stead. The shade is the share of the
 * row; green lies on the diagonal, red beside it.
 */
export const confusion = (outcomes: readonly Outcome[], title: string): string => {
  const table = tableOf(outcomes)
  const said = new Set([...table.values()].flatMap((row) => [...row.keys()]))
  const codes = catalogue.faults.map((f) => f.code).filter((code) => table.has(code) || said.has(code))
  const rows = [...codes.filter((code) => table.has(code)), 'healthy']
  const columns = [...codes, NOTHING]
  const cells = rows.flatMap((truth, y) => {
    const row = table.get(truth)
    const all = row ? [...row.values()].reduce((a, b) => a + b, 0) : 0
    return columns.flatMap((column, x) => {
      const n = row?.get(column) ?? 0
      const right = column === truth || (truth === 'healthy' && column === NOTHING)
      return n === 0 ? [] : [`<rect x="${LEFT + x * CELL}" y="${TOP + y * CELL}" width="${CELL - 1}" height="${CELL - 1}" fill="${right ? '#1a7f37' : '#cf222e'}" fill-opacity="${Math.max(0.15, n / all).toFixed(2)}"><title>${truth} said to be ${column}: ${n} of ${all}</title></rect>`]
    })
  })
  const [width, height] = [LEFT + columns.length * CELL + 10, TOP + rows.length * CELL + 10]
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="8" role="img" aria-label="${title}">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="8" y="16" font-size="12" font-weight="600" fill="#1f2328">${title}</text>`,
    '<text x="8" y="30" fill="#59636e">rows: what was there; columns: what was said first</text>',
    ...rows.map((code, y) => `<text x="${LEFT - 4}" y="${TOP + y * CELL + 8}" text-anchor="end" fill="#1f2328">${code}</text>`),
    ...columns.map((code, x) => `<text transform="translate(${LEFT + x * CELL + 8} ${TOP - 4}) rotate(-90)" fill="#1f2328">${code}</text>`),
    ...cells,
    '</svg>',
    '',
  ].join('\n')
}
