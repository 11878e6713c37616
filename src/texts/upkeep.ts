import type { Task } from '../model/maintenance.ts'
import type { Text } from '../model/text.ts'

/** One piece of work: what it is called, who does it, and its steps. */
export interface TaskText { title: Text; who: 'cashier' | 'manager' | 'technician'; steps: readonly Text[] }

const t = (zh: string, en: string): Text => ({ zh, en })

/** What keeps a terminal well, in words. The look for skimmers follows PCI DSS 9.5.1. */
export const TASKS: Readonly<Record<Task | 'fee' | 'paper', TaskText>> = {
  inspection: {
    title: t('防侧录检查（PCI DSS 9.5）', 'Inspection for skimmers (PCI DSS 9.5)'), who: 'manager',
    steps: [
      t('核对铭牌序列号与台账一致', 'Compare the serial number on the label with the register'), t('封签、螺丝、接缝与参考照片一致', 'Seals, screws and seams are as in the reference photo'),
      t('卡槽不松动，键盘没有加厚或贴片', 'The slot is not loose, nothing lies over slot or keypad'), t('线缆没有多出的转接头或设备', 'No cable or device in the line that was not there'),
      t('运行 posdiag inspect --by 姓名：与上次比对各设备的序列号并记下这次检查', 'Run posdiag inspect --by NAME: it compares the serial numbers of the devices and keeps this inspection'),
      t('周围没有针孔摄像头', 'No hidden camera around'), t('上门维修的人先核实身份再让其接触设备', 'Whoever comes to repair shows who he is before he touches it'), t('有可疑立即停用、保护现场，不要自行拆下', 'If in doubt stop using it, leave it as it is and take nothing off'),
    ],
  },
  'print-head': { title: t('清洁打印头', 'Clean the print head'), who: 'cashier', steps: [t('关电冷却后用酒精棉签轻擦打印头', 'Switch off, let it cool, wipe the head with alcohol'), t('清除纸屑，晾干三分钟', 'Remove scraps of paper, let it dry for three minutes')] },
  reader: { title: t('清洁读卡器', 'Clean the card reader'), who: 'cashier', steps: [t('用专用清洁卡清洁一次卡槽和磁头', 'Run a cleaning card through slot and stripe once'), t('换一张新的清洁卡，不重复使用', 'Use each cleaning card once')] },
  scanner: { title: t('擦拭扫码窗', 'Wipe the scanner window'), who: 'cashier', steps: [t('用软布擦净扫码窗', 'Wipe the window with a soft cloth')] },
  case: { title: t('清洁外壳并检查线缆', 'Clean the case and look at the cables'), who: 'cashier', steps: [t('断电后清洁屏幕和按键，查看线缆有无破损', 'Without power, clean screen and keys and look for worn cables'), t('设备远离水、热源和强磁', 'Keep it away from water, heat and magnets')] },
  update: { title: t('检查软件和固件更新', 'Look for updates of software and firmware'), who: 'technician', steps: [t('打烊后、接通电源时更新；先结算、上送和备份', 'After closing and on mains power; settle, upload and back up first'), t('只用官方渠道的更新包，更新后各功能试一遍', 'Take packages from the official source only, then try each function')] },
  backup: { title: t('检查备份', 'See that the backup was made'), who: 'manager', steps: [t('确认最近一次备份成功，至少两份，一份不在本机', 'The last backup succeeded; two copies at least, one of them elsewhere')] },
  settlement: { title: t('做批结算并核对', 'Settle the batch and compare'), who: 'manager', steps: [t('打烊后结算，直到打印结算单', 'Settle after closing until the slip prints'), t('笔数、金额与收银系统一致', 'Count and sum agree with the till')] },
  spare: { title: t('备用机测试', 'Try the spare terminal'), who: 'manager', steps: [t('开机、签到、装纸，做一笔小额并登记为备机', 'Switch on, sign on, load paper, take a small payment, register it as a spare')] },
  training: { title: t('员工培训', 'Train the staff'), who: 'manager', steps: [t('交易类型、结果未知时的处理、信息安全、防侧录', 'Types of transaction, payments in doubt, handling of card data, skimmers'), t('按报告里的高发操作类故障安排', 'Begin with the mistakes that the reports show most')] },
  power: { title: t('检查电源和电池', 'Look after power and battery'), who: 'technician', steps: [t('UPS 自检，查看电池状况；插座不与大功率电器共用', 'Self-test of the UPS, state of its battery; no heavy load on the same socket')] },
  fee: { title: t('缴费', 'Pay'), who: 'manager', steps: [t('核对账单，付到官方账户并索要收据，不向个人转账', 'Check the bill, pay the official account and get a receipt; never pay a person'), t('在终端文件里填写 paidOn', 'Enter paidOn in the terminal file')] },
  paper: { title: t('更新证照', 'Renew'), who: 'manager', steps: [t('在有效期内换证，并通过官方渠道更新', 'Renew it in time and hand it in by the official way'), t('在终端文件里填写新的 validUntil', 'Enter the new validUntil in the terminal file')] },
}
