import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const FOLDER = new URL('../../docs/protocols/', import.meta.url)
const AGAIN = 'npx vitest run test/probes/protocol-index.test.ts -u'

interface Section { title: string; implemented: number; leftOut: number }
interface Page { file: string; title: string; sections: Section[] }

/** Sections of a page with tables of queries and bits. The pages themselves are held against the code, each by its own test. */
const pageIn = (file: string): Page => {
  const [head = '', ...parts] = readFileSync(new URL(file, FOLDER), 'utf8').split(/^## /m)
  const states = (text: string, state: string): number => text.match(new RegExp(`\\| ${state} \\|[^|]*\\|$`, 'gm'))?.length ?? 0
  return {
    file, title: head.split('\n')[0]?.replace('# ', '') ?? '',
    sections: parts.map((text) => ({ title: text.split('\n')[0] ?? '', implemented: states(text, 'implemented'), leftOut: states(text, 'left out') })).filter(({ implemented, leftOut }) => implemented + leftOut > 0),
  }
}

const total = (sections: readonly Section[]): Section => ({ title: '', implemented: sections.reduce((sum, s) => sum + s.implemented, 0), leftOut: sections.reduce((sum, s) => sum + s.leftOut, 0) })
const row = (title: string, { implemented, leftOut }: Section): string => `| ${title} | ${implemented} | ${leftOut} |`

const index = (pages: readonly Page[]): string => `${[
  '# 协议一览 · Every query and bit',
  '',
  `代理可以安全询问的每一个命令和每一位状态：各页逐条写明是否实现、成为哪个观察结果、没有实现的原因。本页的数目由各页算出，测试保证它是最新的（\`${AGAIN}\` 重新生成）。`,
  '',
  `Every query that an agent may safely put to a device, and every bit of the answers: each page says line by line whether it is implemented, which observation it becomes, and why it is left out. The numbers here are counted from the pages; a test keeps them current (\`${AGAIN}\` writes them anew).`,
  '',
  '| page | implemented | left out, with the reason |',
  '|---|---|---|',
  ...pages.map(({ file, title, sections }) => row(`[${title}](${file})`, total(sections))),
  row('**all**', total(pages.flatMap(({ sections }) => sections))),
  ...pages.flatMap(({ file, title, sections }) => ['', `## [${title}](${file})`, '', '| section | implemented | left out |', '|---|---|---|', ...sections.map((section) => row(section.title, section))]),
].join('\n')}\n`

it('docs/protocols/README.md counts every page beside it', async () => {
  const pages = readdirSync(FOLDER).filter((name) => name.endsWith('.md') && name !== 'README.md').toSorted().map(pageIn)
  expect(pages.map(({ sections }) => total(sections).implemented).every((count) => count > 0)).toBe(true)
  await expect(index(pages)).toMatchFileSnapshot(new URL('README.md', FOLDER).pathname)
})
