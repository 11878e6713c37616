import type { Text } from '../model/text.ts'

/** What `posdiag maintenance` says. */
export const MAINTENANCE = {
  actions: { zh: '用法：posdiag maintenance [list] | done 任务 --by 姓名 [--note 发现] | log', en: 'use posdiag maintenance [list] | done TASK --by NAME [--note FOUND] | log' },
  'no-task': { zh: '没有 {task} 这项任务；可用：{tasks}', en: 'there is no task {task}; known: {tasks}' },
  inspect: { zh: '防侧录检查要连同设备的序列号一起记下：posdiag inspect --by 姓名', en: 'an inspection is kept together with the serial numbers of the devices: posdiag inspect --by NAME' },
  who: { zh: '写明是谁做的：--by 姓名', en: 'say who did it: --by NAME' },
  kept: { zh: '已记录：{task}', en: 'recorded: {task}' },
  late: { zh: '逾期 {n} 天', en: '{n} days overdue' },
  today: { zh: '今天', en: 'today' },
  in: { zh: '{n} 天后', en: 'in {n} days' },
} as const satisfies Record<string, Text>
