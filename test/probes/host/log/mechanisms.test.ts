import { describe, expect, it } from 'vitest'
import type { LogClass } from '../../../../src/model/log.ts'
import { classesIn, findingsIn } from './read.ts'

type Row = readonly [about: string, lines: readonly string[], classes: readonly LogClass[]]

const ATTACH = (n: number) => `usb 1-1.3: new full-speed USB device number ${n} using xhci_hcd`
const GONE = (n: number) => `usb 1-1.3: USB disconnect, device number ${n}`

const USB: readonly Row[] = [
  ['one unplugging', [GONE(4)], ['usb.disconnect']],
  ['unplugged and plugged in again', [`[  100.0] ${GONE(4)}`, `[  130.0] ${ATTACH(5)}`], ['usb.disconnect']],
  ['comes back by itself, twice within minutes', [`[  100.0] ${GONE(4)}`, `[  101.0] ${ATTACH(5)}`, `[  130.0] ${GONE(5)}`, `[  131.0] ${ATTACH(6)}`], ['usb.disconnect', 'usb.disconnect_loop']],
  ['unplugged twice, hours apart', [`[  100.0] ${GONE(4)}`, `[  101.0] ${ATTACH(5)}`, `[90000.0] ${GONE(5)}`, `[99000.0] ${ATTACH(6)}`], ['usb.disconnect']],
  ['read at the second attempt', ['usb 1-1.3: device descriptor read/64, error -71', ATTACH(5), 'usb 1-1.3: New USB device found, idVendor=04b8, idProduct=0202'], ['benign.attach']],
  ['read at the fourth attempt', ['usb 1-1.3: device descriptor read/64, error -71', 'usb 1-1.3: device descriptor read/64, error -71', 'usb 1-1.3: device descriptor read/all, error -71', 'usb 1-1.3: New USB device found, idVendor=04b8, idProduct=0202'], ['usb.enumeration_failure']],
  ['the kernel guesses at a cable', ['hub 1-1:1.0: Cannot enable port 2.  Maybe the USB cable is bad?'], ['usb.port_cannot_enable']],
  ['an old hub', ['hub 1-1:1.0: unable to enumerate USB device on port 2'], ['usb.enumeration_failure']],
  ['interference', ['usb usb3-port2: disabled by hub (EMI?), re-enabling...'], ['usb.emi']],
  ['interference, as older kernels say it', ['hub 1-0:1.0: port 1 disabled by hub (EMI?), re-enabling...'], ['usb.emi']],
  ['a port that is shorted trips on and on', ['usb 1-1-port2: over-current condition', 'usb 1-1-port2: over-current change', 'usb 1-1-port2: over-current change'], ['usb.overcurrent']],
  ['a hub without the power for one more', ['usb 1-1.2: rejected 1 configuration due to insufficient available bus power'], ['power.supply_inadequate', 'usb.enumeration_failure']],
  ['a reset', ['usb 2-1: reset SuperSpeed USB device number 2 using xhci_hcd'], ['usb.reset']],
  ['an EHCI controller', ['ehci_hcd 0000:00:1d.0: fatal error', 'ehci_hcd 0000:00:1d.0: HC died; cleaning up'], ['usb.host_controller_dead']],
  ['an OHCI controller', ['ohci_hcd 0000:00:02.0: OHCI Unrecoverable Error, disabled'], ['usb.host_controller_dead']],
  ['modem port', ['cdc_acm 1-1:1.0: failed to set dtr/rts'], ['serial.stalled']],
  ['FTDI', ['ftdi_sio ttyUSB0: failed to get modem status: -110'], ['serial.stalled']],
  ['CP210x', ['cp210x ttyUSB0: failed set request 0x12 status: -110'], ['serial.stalled']],
  ['CH341', ['ch341-uart ttyUSB1: failed to read modem status: -110'], ['serial.stalled']],
  ['the printer says so itself', ['usblp0: off-line'], ['printer.offline']],
  ['usblp cannot ask', ['usblp0: error -110 reading printer status'], ['printer.offline']],
  ['a print job takes the port once', ['usblp0: removed', 'usblp 1-2:1.0: usblp0: USB Bidirectional printer dev 2 if 0 alt 0 proto 2 vid 0x04B8 pid 0x0202'], []],
  ['the print system and usblp', ["usb 1-2: usbfs: interface 0 claimed by usblp while 'usb' sets config #1"], ['printer.driver_contention']],
  ['a reader that was unplugged', ['usb 1-1.3: Product: EMV Smartcard Reader', GONE(7)], ['cardreader.lost', 'usb.disconnect']],
  ['a UPS that came back', ['usb 1-1.3: Manufacturer: American Power Conversion', GONE(7), ATTACH(8)], ['ups.usb_reconnect', 'usb.disconnect']],
  ['NUT lost its UPS', ['Apr  2 22:30:27 till usbhid-ups[2387]: libusb_get_report: error sending control message: No such device', 'Apr  2 22:30:28 till upsd[99]: Data for UPS [ups] is stale - check driver'], ['ups.usb_reconnect']],
  ['NUT says that the mains failed', ['Apr  2 22:30:27 till upsmon[12]: UPS shop@localhost on battery'], []],
]

const DISKS: readonly Row[] = [
  ['a card that cannot be read', ['mmcblk0: error -110 sending status command, retrying', 'blk_update_request: I/O error, dev mmcblk0, sector 4321384'], ['storage.mmc_timeout', 'storage.sd_failing']],
  ['a disk lost over USB is not failing', ['[  1.0] usb 1-1.3: USB disconnect, device number 2', '[  1.2] blk_update_request: I/O error, dev sda, sector 8', '[  1.3] EXT4-fs error (device sda1): __ext4_find_entry:1662: inode #2: comm sh: reading directory lblock 0'], ['storage.device_lost', 'usb.disconnect']],
  ['a disk that fails long after something else was unplugged', ['[   10.0] usb 1-1.3: USB disconnect, device number 2', '[90000.0] sd 0:0:0:0: [sda] tag#3 Sense Key : Medium Error [current]', '[90000.1] blk_update_request: critical medium error, dev sda, sector 1811939592'], ['storage.disk_failing', 'usb.disconnect']],
  ['a bridge that refuses a command', ['blk_update_request: critical target error, dev sda, sector 8 op 0x3:(DISCARD) flags 0x0'], []],
  ['a floppy drive that is not there', ['blk_update_request: I/O error, dev fd0, sector 0', 'Buffer I/O error on dev sr0, logical block 0, async page read'], []],
  ['the link', ['ata1.00: exception Emask 0x10 SAct 0x1 SErr 0x200100 action 0x6 frozen', 'ata1.00: irq_stat 0x08000000, interface fatal error', 'ata1: SError: { UnrecovData BadCRC }', '         res 40/00:04:e0:e5:6a/00:00:00:00:00/40 Emask 0x10 (ATA bus error)', 'ata1: hard resetting link'], ['storage.ata_link_error']],
  ['a link that goes down after it was up', ['ata2: SATA link up 6.0 Gbps (SStatus 133 SControl 300)', 'ata2: SATA link down (SStatus 0 SControl 300)', 'ata2.00: disabled'], ['storage.ata_link_error', 'storage.device_lost']],
  ['a port without a disk', ['ata2: SATA link down (SStatus 0 SControl 300)'], []],
  ['NVMe media', ['nvme0n1: I/O Cmd(0x2) @ LBA 32545872, 8 blocks, I/O Error (sct 0x2 / sc 0x81)'], ['storage.disk_failing']],
  ['NVMe, newer wording', ['nvme nvme0: I/O tag 111 (106f) opcode 0x2 (Read) QID 1 timeout, aborting req_op:READ(0) size:4096'], ['storage.nvme_timeout']],
  ['smartd', ['Nov 22 01:00:00 till smartd[400]: Device: /dev/sda [SAT], 8 Currently unreadable (pending) sectors'], ['storage.disk_failing']],
  ['structures are damaged', ['EXT4-fs error (device sda2): ext4_lookup:1706: inode #131: comm ls: deleted inode referenced: 132'], ['fs.corruption']],
  ['the journal is gone', ['EXT4-fs error (device dm-4) in ext4_setattr:4562: Journal has aborted', 'EXT4-fs (dm-4): Remounting filesystem read-only'], ['fs.journal_aborted', 'fs.readonly']],
  ['recovery after a power cut is health', ['EXT4-fs (mmcblk0p2): recovery complete', 'EXT4-fs (sda2): orphan cleanup on readonly fs', 'FAT-fs (sda1): Volume was not properly unmounted. Some data may be corrupt. Please run fsck.'], []],
  ['XFS', ['XFS (sda3): Metadata corruption detected at xfs_agf_read_verify+0x50/0xc0', 'XFS (sda3): Corruption of in-memory data detected.  Shutting down filesystem'], ['fs.corruption', 'fs.readonly']],
  ['Btrfs', ['BTRFS warning (device sda2): csum failed root 5 ino 257 off 0 csum 0x1 expected csum 0x2 mirror 1', 'BTRFS info (device sda2): forced readonly'], ['fs.corruption', 'fs.readonly']],
  ['FAT', ['FAT-fs (sda1): error, fat_get_cluster: invalid cluster chain (i_pos 0)', 'FAT-fs (sda1): Filesystem has been set read-only'], ['fs.corruption', 'fs.readonly']],
]

const MACHINE: readonly Row[] = [
  ['memory of a container, called first', ['java invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0', ' out_of_memory+0x1a9/0x520', ' mem_cgroup_out_of_memory+0xe1/0x100', 'Memory cgroup out of memory: Killed process 812 (java)'], ['memory.oom_cgroup']],
  ['memory of the machine', ['java invoked oom-killer: gfp_mask=0x140dca(GFP_HIGHUSER_MOVABLE), order=0', 'oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task=java', 'Out of memory: Killed process 812 (java) total-vm:3412340kB'], ['memory.oom_system']],
  ['memory, and nothing says whose', ['java invoked oom-killer: gfp_mask=0x201da, order=0, oom_score_adj=0'], ['memory.oom_system']],
  ['kernel memory', ['SLUB: Unable to allocate memory on node -1 (gfp=0x2088020)', '  cache: mnt_cache(9946:ea4c61d01895), object size: 384, buffer size: 384'], ['memory.kmem_limit']],
  ['heat, newer wording', ['mce: CPU1: Core temperature is above threshold, cpu clock is throttled (total events = 1)'], ['thermal.throttled']],
  ['cool again', ['CPU0: Package temperature/speed normal'], ['thermal.recovered']],
  ['machine checks of heat', ['CPU3: Core temperature above threshold, cpu clock throttled (total events = 1)', 'mce: [Hardware Error]: Machine check events logged'], ['cpu.mce_logged', 'thermal.throttled']],
  ['a machine check', ['mce: [Hardware Error]: Machine check events logged', 'mce: [Hardware Error]: CPU 0: Machine Check: 0 Bank 4: a600000000020408'], ['cpu.mce_hardware_error', 'cpu.mce_logged']],
  ['memory that corrects itself', ['EDAC MC1: 1 CE memory scrubbing error on CPU_SrcID#1_Ha#0_Chan#0_DIMM#0 (channel:0 slot:0 page:0xee30a0)'], ['cpu.mce_hardware_error']],
  ['a weak supply', ['Under-voltage detected! (0x00050005)', 'Voltage normalised (0x00000000)'], ['power.undervoltage']],
  ['a stuck processor', ['watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [kworker/1:1:45]'], ['kernel.hung_task']],
  ['an oops', ['BUG: kernel NULL pointer dereference, address: 0000000000000008', 'Oops: 0002 [#1] PREEMPT SMP PTI'], ['kernel.oops']],
  ['a warning is no oops', ['WARNING: CPU: 0 PID: 1 at kernel/rcu/tree.c:100 foo+0x1/0x2', '------------[ cut here ]------------'], []],
  ['a segfault', ['pos[1234]: segfault at 0 ip 00007f1 sp 00007f2 error 4 in libc.so.6[7f0+1]'], ['app.crash']],
  ['a protection fault of a program', ['traps: pos[1234] general protection fault ip:7f1 sp:7f2 error:0 in libc.so.6[7f0+1]'], ['app.crash']],
  ['a protection fault of the kernel', ['general protection fault, probably for non-canonical address 0xdead: 0000 [#1] SMP'], ['kernel.oops']],
  ['a core dump', ['Nov 22 10:00:00 till systemd-coredump[99]: Process 812 (pos) of user 1000 dumped core.'], ['app.crash']],
  ['a service that gives an exit code', ['Nov 22 10:00:00 till systemd[1]: apt-daily.service: Main process exited, code=exited, status=100/n/a'], []],
  ['the clock', ['Nov 22 10:00:00 till chronyd[9]: System clock wrong by 3600.012345 seconds'], ['clock.jump']],
  ['a trim of the clock', ['Nov 22 10:00:00 till chronyd[9]: System clock wrong by 0.153852 seconds'], []],
]

const NETWORK: readonly Row[] = [
  ['unplugged', ['[ 1000.0] e1000e: eth0 NIC Link is Up 1000 Mbps Full Duplex, Flow Control: None', '[ 2000.0] e1000e: eth0 NIC Link is Down'], ['network.link_down']],
  ['interrupted', ['[ 1000.0] e1000e 0000:00:19.0 eno1: NIC Link is Down', '[ 1003.0] e1000e 0000:00:19.0 eno1: NIC Link is Up 1000 Mbps Full Duplex'], ['network.link_down', 'network.link_flap']],
  ['opened at boot', ['[    4.9] bcmgenet fd580000.ethernet eth0: Link is Down', '[    9.0] bcmgenet fd580000.ethernet eth0: Link is Up - 1Gbps/Full'], []],
  ['nothing was ever plugged in', ['[    4.9] r8169 0000:01:00.0 eth0: Link is Down'], ['network.link_down']],
  ['kernel and service tell the same', ['Nov 22 10:00:00 till kernel: smsc95xx 1-1.1:1.0 eth0: link down', 'Nov 22 10:00:00 till dhcpcd[5]: eth0: carrier lost', 'Nov 22 12:00:00 till kernel: smsc95xx 1-1.1:1.0 eth0: link up, 100Mbps, full-duplex, lpa 0xCDE1', 'Nov 22 12:00:00 till dhcpcd[5]: eth0: carrier acquired'], ['network.link_down']],
  ['a hanging adapter', ['NETDEV WATCHDOG: eth0 (r8169): transmit queue 0 timed out'], ['network.nic_hang']],
  ['the transceiver measured the cable', ['Realtek RTL8211F: eth0: Downshift occurred from negotiated speed 1Gbps to actual speed 100Mbps, check cabling!'], ['network.cable']],
]

describe.each([['USB', USB], ['disks', DISKS], ['the machine', MACHINE], ['the network', NETWORK]] as const)('%s', (_, rows) => {
  it.each(rows)('%s', (__, lines, classes) => {
    expect(classesIn(...lines)).toEqual([...classes].sort())
  })
})

describe('victims and culprits', () => {
  it('are told apart: what a dead controller took along follows from it', () => {
    const found = findingsIn([
      '[  815.101521] xhci_hcd 0000:01:00.0: xHCI host controller not responding, assume dead',
      '[  815.101661] xhci_hcd 0000:01:00.0: HC died; cleaning up',
      '[  815.102284] usb 1-1: USB disconnect, device number 2',
      '[  815.103001] usb 1-1.2: USB disconnect, device number 3',
      '[  815.110000] blk_update_request: I/O error, dev sda, sector 8 op 0x1:(WRITE) flags 0x800',
    ].join('\n'))
    expect(found.filter(({ follows }) => follows === undefined).map(({ classes }) => classes)).toEqual([['usb.host_controller_dead']])
    expect(found.filter(({ follows }) => follows !== undefined).map(({ device }) => device)).toEqual(['usb 1-1', 'usb 1-1.2', 'sda'])
  })

  it('are not mixed up over different buses: a card on the board does not mind USB', () => {
    const [first, second] = findingsIn('[ 1.0] usb 1-1: USB disconnect, device number 2\n[ 1.1] blk_update_request: I/O error, dev mmcblk0, sector 8\n')
    expect([first?.classes, second?.classes, second?.follows]).toEqual([['usb.disconnect'], ['storage.sd_failing'], undefined])
  })

  it('take only what a kernel said for the kernel', () => {
    expect(classesIn('Nov 22 10:00:00 till shop-pos[7]: Out of memory: Killed process 812 (java)', 'Nov 22 10:00:00 till sshd[7]: usb 1-1: USB disconnect, device number 2')).toEqual([])
  })
})
