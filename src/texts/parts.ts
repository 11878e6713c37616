import type { Text } from '../model/text.ts'

const part = (zh: string, en: string): Text => ({ zh, en })

/** Parts and consumables that repairs need, by their ids. */
export const PARTS = {
  'paper-roll': part('热敏纸卷（按机型宽度 57 或 80 mm）', 'thermal paper roll (57 or 80 mm, as the printer takes)'),
  'cleaning-card': part('清洁卡与无水酒精棉', 'cleaning card and isopropyl wipes'),
  'print-head': part('打印头或整机备用打印机', 'print head, or a spare printer'),
  cutter: part('切刀组件', 'cutter assembly'),
  'card-reader': part('同型号备用读卡器', 'spare card reader of the same model'),
  pinpad: part('已灌密钥的备用密码键盘', 'spare PIN pad with its keys loaded'),
  'usb-cable': part('带屏蔽的 USB 数据线', 'shielded USB cable'),
  'usb-hub': part('带外接电源的 USB 集线器', 'powered USB hub'),
  'network-cable': part('网线（超五类以上，3 m）', 'network cable (Cat 5e or better, 3 m)'),
  'network-switch': part('备用交换机或路由器', 'spare switch or router'),
  'sim-card': part('已开通的备用 SIM 卡与取卡针', 'activated spare SIM card and its pin'),
  antenna: part('4G/Wi-Fi 天线', '4G or Wi-Fi antenna'),
  'power-adapter': part('同规格电源适配器', 'power adapter of the same rating'),
  'ups-battery': part('UPS 电池', 'UPS battery'),
  ups: part('备用 UPS', 'spare UPS'),
  disk: part('备用固态硬盘与系统镜像', 'spare solid-state disk and the system image'),
  scanner: part('备用扫码枪', 'spare scanner'),
  keyboard: part('备用键盘', 'spare keyboard'),
  display: part('备用显示屏与视频线', 'spare display and video cable'),
  drawer: part('钱箱连接线与钥匙', 'drawer cable and key'),
  'ferrite-core': part('磁环与屏蔽线', 'ferrite cores and shielded cable'),
  'antistatic-mat': part('防静电垫与接地线', 'antistatic mat and earth lead'),
} as const satisfies Record<string, Text>

/** The id of a part. */
export type PartId = keyof typeof PARTS

/** What to take along for a fault, by its code; a fault that is not named needs nothing but hands. */
export const PARTS_FOR: Readonly<Record<string, readonly PartId[]>> = {
  'PRN-PAPER-OUT': ['paper-roll'],
  'PRN-PAPER-LOW': ['paper-roll'],
  'PRN-PAPER-JAM': ['paper-roll', 'cleaning-card'],
  'PRN-CUTTER-FAIL': ['cutter'],
  'PRN-HEAD-OVERHEAT': ['print-head'],
  'PRN-FADED': ['paper-roll', 'cleaning-card', 'print-head'],
  'PRN-OFFLINE': ['usb-cable', 'network-cable', 'power-adapter'],
  'CRD-CHIP-READ-FAIL': ['cleaning-card', 'card-reader'],
  'CRD-MSR-READ-FAIL': ['cleaning-card', 'card-reader'],
  'CRD-NFC-READ-FAIL': ['card-reader'],
  'CRD-READER-OFFLINE': ['usb-cable', 'card-reader'],
  'PED-OFFLINE': ['usb-cable', 'pinpad'],
  'PED-KEYS-INVALID': ['pinpad'],
  'SEC-TAMPER-DETECTED': ['card-reader', 'pinpad'],
  'SEC-DEVICE-MISMATCH': ['card-reader', 'pinpad'],
  'NET-LINK-DOWN': ['network-cable', 'network-switch'],
  'NET-WIFI-WEAK': ['antenna', 'network-cable'],
  'NET-CELL-FAULT': ['sim-card', 'antenna'],
  'NET-INTERNET-DOWN': ['network-switch'],
  'NET-UNSTABLE': ['network-cable', 'network-switch'],
  'PWR-AC-LOST': ['power-adapter', 'ups'],
  'PWR-BATTERY-LOW': ['power-adapter', 'ups-battery'],
  'PWR-BATTERY-FAULT': ['ups-battery'],
  'PWR-UNSTABLE': ['power-adapter', 'ups'],
  'PWR-UNEXPECTED-REBOOT': ['power-adapter', 'ups'],
  'SYS-DISK-LOW': ['disk'],
  'SYS-DB-CORRUPT': ['disk'],
  'PER-SCANNER-FAULT': ['usb-cable', 'scanner'],
  'PER-KEYBOARD-FAULT': ['keyboard'],
  'PER-DISPLAY-FAULT': ['display'],
  'PER-DRAWER-FAIL': ['drawer'],
  'PER-USB-UNSTABLE': ['usb-cable', 'usb-hub'],
  'ENV-EMI': ['ferrite-core'],
  'ENV-ESD': ['antistatic-mat'],
}
