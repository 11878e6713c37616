import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countMessages, LOG_COUNTS } from '../../../probes/host/kernel-log.ts'

const lines = (...texts: string[]) => texts.map((text, i) => ({ ageS: 30 - i * 0.1, text }))

const counted = (...texts: string[]): string[] => Object.entries(countMessages(lines(...texts))).filter(([, n]) => n > 0).map(([name]) => name)

describe('classes of kernel messages', () => {
  const cases: [string, string[], string[]][] = [
    ['a device that does not come up', ['usb 1-1.3: new full-speed USB device number 21 using dwc_otg', 'usb 1-1.3: device descriptor read/64, error -71', 'usb 1-1.3: device not accepting address 23, error -71', 'usb 1-1-port3: unable to enumerate USB device'], ['usb-errors']],
    ['a device that comes up on the second attempt', ['usb 1-1.3: device descriptor read/64, error -71', 'usb 1-1.3: new full-speed USB device number 22 using dwc_otg', 'usb 1-1.3: Product: Receipt Printer'], []],
    ['a damaged port', ['usb usb3-port1: Cannot enable. Maybe the USB cable is bad?'], ['usb-errors']],
    ['a controller that died takes its disk along', ['xhci_hcd 0000:01:00.0: xHCI host controller not responding, assume dead', 'xhci_hcd 0000:01:00.0: HC died; cleaning up', 'usb 1-1: USB disconnect, device number 2', 'I/O error, dev sda, sector 2048 op 0x1:(WRITE)'], ['usb-disconnects', 'usb-errors']],
    ['a disk whose sectors cannot be read', ['ata3.00: failed command: READ FPDMA QUEUED', 'ata3.00: error: { UNC }', 'I/O error, dev sda, sector 2048 op 0x0:(READ)'], ['io-errors']],
    ['a floppy drive that is not there', ['blk_update_request: I/O error, dev fd0, sector 0'], []],
    ['memory gone', ['Out of memory: Killed process 812 (java) total-vm:3412340kB'], ['oom']],
    ['the limit of one container', ['java invoked oom-killer: gfp_mask=0xcc0', ' mem_cgroup_out_of_memory+0xe1/0x100', 'Memory cgroup out of memory: Killed process 812 (java)'], []],
    ['old kernels', ['end_request: I/O error, dev sda, sector 1', 'Out of memory: Kill process 1750 (chromium) score 595 or sacrifice child'], ['oom', 'io-errors']],
    ['a file system turned read-only', ['Aborting journal on device mmcblk0p2-8.', 'EXT4-fs (mmcblk0p2): Remounting filesystem read-only'], ['fs-errors']],
    ['recovery after a power cut is no damage', ['EXT4-fs (mmcblk0p2): recovery complete'], []],
    ['over-current', ['usb 1-1-port2: over-current change #797'], ['overcurrent']],
    ['interference', ['usb usb1-port2: disabled by hub (EMI?), re-enabling...'], ['emi']],
    ['heat', ['CPU0: Core temperature above threshold, cpu clock throttled (total events = 5)', 'CPU0: Core temperature/speed normal'], ['thermal']],
    ['weak supply, both wordings', ['Under-voltage detected! (0x00050005)', 'hwmon hwmon1: Undervoltage detected!'], ['undervoltage']],
    ['a stuck task', ['INFO: task kworker/1:3:30433 blocked for more than 120 seconds.'], ['hung']],
    ['a memory card', ['mmc0: Timeout waiting for hardware interrupt.'], ['io-errors']],
    ['normal attach', ['usb 1-1: new low-speed USB device number 19 using xhci_hcd', 'usb 1-1: New USB device found, idVendor=0108, idProduct=0100', 'hid-generic 0003:0108:0100.000C: hiddev96,hidraw1: USB HID v1.10 Device'], []],
  ]
  it.each(cases)('%s', (_about, texts, classes) => {
    expect(counted(...texts)).toEqual(classes)
  })
})

describe('counting', () => {
  const disconnect = (ageS: number) => ({ ageS, text: 'usb 1-1: USB disconnect, device number 2' })

  it('counts the device that came and went most often, not all that were unplugged', () => {
    const other = (ageS: number, path: string) => ({ ageS, text: `usb ${path}: USB disconnect, device number 7` })
    expect(countMessages([other(90, '1-2'), other(75, '1-3'), disconnect(60), other(45, '2-1'), disconnect(30)])['usb-disconnects']).toBe(2)
  })
  it('counts a hub that is unplugged with its devices once', () => {
    expect(countMessages([disconnect(60.4), disconnect(60.3), disconnect(60.2), disconnect(60.1)])['usb-disconnects']).toBe(1)
  })

  it('counts a loop as often as it turns', () => {
    expect(countMessages([disconnect(60), disconnect(45), disconnect(30), disconnect(15)])['usb-disconnects']).toBe(4)
  })

  it('forgets what is older than the class remembers', () => {
    expect(countMessages([disconnect(601), disconnect(599)])['usb-disconnects']).toBe(1)
  })

  it('counts disk errors that no disconnect explains', () => {
    const error = (ageS: number) => ({ ageS, text: 'I/O error, dev sda, sector 2048' })
    expect(countMessages([disconnect(100), error(98), error(60)])['io-errors']).toBe(1)
  })

  it('never counts more moments than lines, whatever is logged', () => {
    const line = fc.record({ ageS: fc.double({ min: 0, max: 1e6, noNaN: true }), text: fc.oneof(fc.string(), fc.constantFrom('Out of memory: Killed process 1 (a)', 'usb 1-1: USB disconnect, device number 2')) })
    fc.assert(fc.property(fc.array(line), (some) => {
      const ordered = [...some].sort((a, b) => b.ageS - a.ageS)
      const counts = countMessages(ordered)
      expect(Object.keys(counts)).toEqual(LOG_COUNTS.map(({ name }) => name))
      for (const count of Object.values(counts)) expect(count).toBeLessThanOrEqual(ordered.length)
    }))
  })
})
