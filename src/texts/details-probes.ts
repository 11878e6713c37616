import type { Detail } from './details.ts'

/** What the probes of printers, readers and PIN pads, and of presence on a bus, say of a look that brought nothing; written as BENCH_DETAILS. */
export const DEVICE_DETAILS: readonly Detail[] = [
  // Presence
  { en: 'no {bus} device {id} on this host', zh: '本机没有 {bus} 设备 {id}' },
  { en: '{bus} device {id} with serial number {serial} is not there; there is {names}', zh: '没有序列号为 {serial} 的 {bus} 设备 {id}；现有：{names}' },
  { en: 'without serial number', zh: '无序列号' },
  { en: 'this host shows no USB devices (/sys/bus/usb is not there), so nobody can tell', zh: '本机不显示 USB 设备（没有 /sys/bus/usb），无法判断' },
  { en: '{path} is not there: the device is unplugged, without power, or came up under another name', zh: '{path} 不存在：设备被拔下、没有通电，或换了名称' },
  { en: '{path} is only a name: this host has no serial port behind it', zh: '{path} 只是一个名称，本机没有对应的串口' },
  { en: 'whether a device on {transport} is there is not looked at by this probe', zh: '通过 {transport} 连接的设备在不在，不由这里检查' },
  { en: 'only devices on the USB bus are looked for there', zh: '这里只查找 USB 总线上的设备' },

  // Printer
  { en: 'it sent only flow control (XON/XOFF): alive, but its buffer is full or it is held', zh: '只收到流控字符（XON/XOFF）：打印机是活的，但缓冲区已满或被暂停' },
  { en: 'no answer to DLE EOT; it is off, the speed or the cable is wrong, or this model cannot answer', zh: '对 DLE EOT 没有应答：没有开机、波特率或线缆不对，或这个型号不会应答' },
  { en: 'no answer to DLE EOT; another program may hold its only session, or its network interface can only print', zh: '对 DLE EOT 没有应答：可能有别的程序占着它唯一的连接，或它的网口只能打印' },
  { en: 'no answer to DLE EOT; it is off, or this model can only print', zh: '对 DLE EOT 没有应答：没有开机，或这个型号只能打印' },
  { en: 'the port returns what was sent: a loop-back plug, an echoing adapter, or nobody at the far end', zh: '发出的数据原样返回：接了回环头、转接器在回显，或另一端没有设备' },
  { en: 'only {bytes}: wrong speed, a break, or a broken line', zh: '只收到 {bytes}：波特率不对、线路被拉低，或线路断了' },
  { en: 'text instead of status ({n} bytes): another service or another protocol', zh: '收到的是文字而不是状态（{n} 字节）：是别的服务或别的协议' },
  { en: 'no ESC/POS status: {bytes}: wrong speed or parity, or another protocol', zh: '不是 ESC/POS 状态：{bytes}：波特率或校验位不对，或是别的协议' },
  { en: 'one valid answer out of four; then: {detail}', zh: '四次询问只有一次有效应答；之后：{detail}' },
  { en: 'this model has none ({fact}: false)', zh: '这个型号没有（{fact}: false）' },
  { en: 'this model can only print (back-channel: false)', zh: '这个型号只能打印，不会应答（back-channel: false）' },
  { en: 'this port has no modem lines', zh: '这个端口没有调制解调器信号线', helps: 'nothing' },
  { en: 'not asked: this model does not know GS I (identity: false)', zh: '没有询问：这个型号不支持 GS I（identity: false）', helps: 'nothing' },
  { en: 'not asked: GS I waits in the receive buffer while the printer is off-line', zh: '没有询问：打印机脱机时 GS I 会滞留在接收缓冲区', helps: 'nothing' },
  { en: 'GS I {n}: {detail}', zh: '询问 GS I {n}：{detail}' },
  { en: 'no answer to GS I {n}', zh: '对 GS I {n} 没有应答' },
  { en: 'a printer is reached by serial, tcp or usblp, not by {transport}', zh: '打印机只能通过 serial、tcp 或 usblp 连接，不能通过 {transport}' },
  { en: 'unknown dialect {dialect}; known: {names}', zh: '不认识指令集 {dialect}；可用：{names}' },

  // Reader, PIN pad
  { en: 'no answer to ENQ: it is off, the speed or the cable is wrong, or its application does not run', zh: '对 ENQ 没有应答：没有开机、波特率或线缆不对，或它的应用没有运行' },
  { en: 'no whole answer to packet 06', zh: '对 06 报文没有完整应答' },
  { en: 'the answer to packet 06 is not one, or its check (LRC) is wrong', zh: '对 06 报文的应答格式不对，或校验（LRC）错误' },
  { en: 'a packet that was cut off', zh: '收到的报文不完整' },
  { en: 'the port returns what was sent: a loop-back plug or an echoing adapter', zh: '发出的数据原样返回：接了回环头，或转接器在回显' },
  { en: 'a control character with an eighth bit: the line needs 7 data bits and parity', zh: '控制字符多了第八位：线路要设为 7 个数据位加校验' },
  { en: 'a packet whose check (LRC) is wrong: disturbed line, or another LRC start value', zh: '报文校验（LRC）错误：线路受干扰，或 LRC 起始值不同' },
  { en: '{n} bytes that are no answer to ENQ: wrong speed or parity, or another protocol', zh: '收到 {n} 字节，不是对 ENQ 的应答：波特率或校验位不对，或是别的协议' },
  { en: 'a reader is reached by pcsc, hid, usb, serial or tcp, not by {transport}', zh: '读卡器只能通过 pcsc、hid、usb、serial 或 tcp 连接，不能通过 {transport}' },
  { en: 'a PIN pad is reached by serial, tcp, usb or hid, not by {transport}', zh: '密码键盘只能通过 serial、tcp、usb 或 hid 连接，不能通过 {transport}' },
  { en: 'cannot be looked at without PC/SC (the setting usb-id would let us look on the USB bus): {message}', zh: '没有 PC/SC 就查不到（设置 usb-id 后可以在 USB 总线上查）：{message}' },
  { en: 'PC/SC lists no reader; it lists: {names}', zh: 'PC/SC 没有列出读卡器；列出的有：{names}' },
  { en: 'PC/SC lists no reader called {reader}; it lists: {names}', zh: 'PC/SC 没有列出名为 {reader} 的读卡器；列出的有：{names}' },
  { en: 'PC/SC says that the reader is unavailable: it does not answer any more', zh: 'PC/SC 报告读卡器不可用：它不再应答' },

  // Display, keyboard, scanner, drawer
  { en: 'this host shows no display connectors ({path} is not there), so nobody can tell', zh: '本机不显示显示接口（没有 {path}），无法判断', helps: 'nothing' },
  { en: 'no display connector of this host is called {connector}', zh: '本机没有名为 {connector} 的显示接口' },
  { en: 'this host has no display connector', zh: '本机没有显示接口', helps: 'nothing' },
  { en: 'the display connectors of this host cannot tell whether a screen is plugged in', zh: '本机的显示接口不能判断是否接了显示屏', helps: 'nothing' },
  { en: 'no screen is plugged into the display connector', zh: '显示接口上没有接显示屏' },
  { en: 'this host does not list its input devices (/proc/bus/input/devices)', zh: '本机不列出输入设备（/proc/bus/input/devices）', helps: 'nothing' },
  { en: 'no input device is called "{name}"', zh: '没有名为“{name}”的输入设备' },
  { en: 'no input device of this host types', zh: '本机没有可以打字的输入设备' },
  { en: "the host's files do not name scanners: give this one the transport usb, hid or serial in the terminal file", zh: '从本机文件认不出扫码枪：请在终端配置文件里把它的 transport 设为 usb、hid 或 serial' },
  { en: 'the drawer has no line of its own to the host; it hangs on its printer and is looked at there', zh: '钱箱没有直接连到主机，它接在打印机上，由打印机一并检查' },
  { en: 'the drawer has no line of its own to the host; it hangs on {printer} and is looked at there', zh: '钱箱没有直接连到主机，它接在 {printer} 上，由那里一并检查' },
]
