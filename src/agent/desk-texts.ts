import type { Text } from '../model/text.ts'

/** What only the cashier's page and the doctor say; the rest is in the catalogue of src/texts. */
export const DESK_TEXTS = {
  title: { zh: '收银台自检', en: 'Till check' },
  ready: { zh: '可以收款', en: 'You can take money' },
  partly: { zh: '部分方式不能收款', en: 'Some ways of paying do not work' },
  none: { zh: '现在不能收款', en: 'You cannot take money now' },
  degraded: { zh: '可以收款，但有问题', en: 'You can take money, with a problem' },
  unknown: { zh: '还无法判断能否收款', en: 'Cannot tell yet whether you can take money' },
  first: { zh: '正在做第一次检查……', en: 'The first check is running…' },
  ways: { zh: '收款方式', en: 'Ways of paying' },
  fault: { zh: '发现的故障', en: 'What is wrong' },
  more: { zh: '另外还有 {count} 个故障', en: '{count} more found' },
  todo: { zh: '请这样做', en: 'Do this' },
  who: { zh: '由{actor}处理', en: 'For the {actor}' },
  meanwhile: { zh: '先这样收款', en: 'Until it is repaired' },
  fine: { zh: '没有发现故障。', en: 'Nothing is wrong.' },
  again: { zh: '再检查一次', en: 'Check again' },
  running: { zh: '正在检查（{looked}/{total}）', en: 'Checking ({looked}/{total})' },
  waits: { zh: '有顾客正在付款，付完后再检查。', en: 'A customer is paying; the check waits until that is done.' },
  now: { zh: '刚刚检查过', en: 'Checked just now' },
  seconds: { zh: '{n} 秒前检查', en: 'Checked {n} seconds ago' },
  minutes: { zh: '{n} 分钟前检查', en: 'Checked {n} min ago' },
  hours: { zh: '{n} 小时前检查', en: 'Checked {n} h ago' },
  unsent: { zh: '{count} 份报告等待发送到总部', en: '{count} reports wait to be sent to headquarters' },
  unstored: { zh: '报告暂时无法保存在本机，请联系技术员。', en: 'Reports cannot be stored on this machine at the moment; call a technician.' },
  unseen: { zh: '没能查看 {device}', en: '{device} not seen' },
} as const satisfies Record<string, Text>
