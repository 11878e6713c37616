import type { CommanderError } from 'commander'
import type { Text } from '../model/text.ts'
import { fill } from '../texts/say.ts'

/** What is wrong with a command line, by the parser's own code; `{what}` is the word that it stumbled over, `{more}` what it says besides. */
const TOLD: Readonly<Record<string, Text>> = {
  'commander.unknownOption': { zh: '没有 {what} 这个选项', en: 'there is no option {what}' },
  'commander.unknownCommand': { zh: '没有 {what} 这个命令', en: 'there is no command {what}' },
  'commander.optionMissingArgument': { zh: '选项 {what} 后面要写一个值', en: 'the option {what} needs a value' },
  'commander.missingArgument': { zh: '缺少参数 {what}', en: 'the argument {what} is missing' },
  'commander.excessArguments': { zh: '{what} 后面多写了参数', en: '{what} takes no such argument' },
  'commander.invalidArgument': { zh: '{what} 的值不对。{more}', en: 'the value of {what} is not right. {more}' },
}

/** What is wrong with a value. */
export const USAGE = {
  port: { zh: '端口是 0 到 65535 的整数，而不是 {value}', en: 'a port is a whole number from 0 to 65535, not {value}' },
} as const satisfies Record<string, Text>

const REMEDY: Text = { zh: '用法见 posdiag {command}--help', en: 'posdiag {command}--help says how it is used' }

/** Says what is wrong with a command line, and where to read how it is right. `command` is the subcommand meant, if there is one. */
export const usageText = (error: CommanderError, command: string | undefined): Text => {
  const told = TOLD[error.code] ?? { zh: error.message, en: error.message }
  const [, what = ''] = /'([^']*)'/.exec(error.message) ?? []
  const more = (/ is invalid\. (.*)$/s.exec(error.message)?.[1] ?? '').replace(/\.$/, '')
  const params = { what, more, command: command === undefined ? '' : `${command} ` }
  return {
    zh: `${fill(told, 'zh-CN', { ...params, more: more.replace(/^Allowed choices are /, '可用：') })}；${fill(REMEDY, 'zh-CN', params)}`,
    en: `${fill(told, 'en', { ...params, more: more.replace(/^Allowed choices are /, 'Known: ') })}; ${fill(REMEDY, 'en', params)}`,
  }
}
