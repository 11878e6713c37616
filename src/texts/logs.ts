import type { Text } from '../model/text.ts'

/** Texts of `posdiag logs`. */
export const LOGS = {
  'no-file': { zh: '请给出日志文件，例如 posdiag logs /var/log/syslog，或 journalctl -o json | posdiag logs -', en: 'name a log, as in posdiag logs /var/log/syslog, or journalctl -o json | posdiag logs -' },
  unreadable: { zh: '不能读取 {file}：{problem}', en: 'cannot read {file}: {problem}' },
  follows: { zh: '由 {device} 的 {cause} 引起，先处理那一项', en: 'follows from {cause} on {device}: see to that first' },
  nothing: { zh: '没有发现异常', en: 'nothing found' },
  summary: { zh: '{findings} 项，其中 {alarms} 项需要处理', en: '{findings} found, {alarms} of them need attention' },
} as const satisfies Record<string, Text>
