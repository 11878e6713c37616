/** One query or bit of a protocol, and what became of it. */
export interface Row {
  what: string
  meaning: string
  observation?: string
  /** Why it was left out, or under which condition it counts; a row without an observation and without `passed` is left out. */
  reason?: string
  passed?: true
}

/** A part of a page. */
export interface Section {
  title: string
  rows: readonly Row[]
}

/** A query or bit that is not looked at, and why. */
export const out = (what: string, meaning: string, reason: string): Row => ({ what, meaning, reason })

/** A query or bit that becomes an observation. */
export const seen = (what: string, meaning: string, observation: string, reason?: string): Row => ({ what, meaning, observation, ...(reason === undefined ? {} : { reason }) })

/** A query or bit that is dealt with and becomes no observation of its own. */
export const handled = (what: string, meaning: string, reason: string): Row => ({ what, meaning, reason, passed: true })

const cell = (text: string): string => text.replaceAll('|', '\\|')

const line = ({ what, meaning, observation, reason, passed }: Row): string =>
  `| ${[what, meaning, observation ? `\`${observation}\`` : '', observation || passed ? 'implemented' : 'left out', reason ?? ''].map(cell).join(' | ')} |`

/** The whole page; `command` writes it anew. */
export const page = (title: { zh: string; en: string }, command: string, sections: readonly Section[]): string => [
  `# ${title.zh} · ${title.en}`,
  '',
  `每一个可以安全询问的查询和每一位状态：是否实现、对应哪个观察结果、没有实现的原因。本页由代码生成，测试保证它是最新的（\`${command}\` 重新生成）。`,
  '',
  `Every query and bit: whether it is implemented, which observation it becomes, and why it is left out. Generated from the code; a test keeps it current (\`${command}\` writes it anew).`,
  '',
  ...sections.flatMap(({ title: part, rows }) => [`## ${part}`, '', '| query or bit | meaning | observation | state | reason |', '|---|---|---|---|---|', ...rows.map(line), '']),
].join('\n')
