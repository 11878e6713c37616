import type { LogTable } from './row.ts'

const PCSC = /^(?:pcscd|ifdhandler|ccid|openct)/

/** pcscd and its CCID driver (ccid_usb.c, ifdhandler.c, readerfactory.c, eventhandler.c, ifdwrapper.c). */
export const CARD_READER: LogTable = {
  prefix: 'card reader',
  by: PCSC,
  rows: [
    { tells: 'cardreader.lost', says: 'LIBUSB_ERROR_NO_DEVICE' },
    { tells: 'cardreader.lost', says: 'EHStatusHandlerThread() Error communicating to' },
    { tells: 'cardreader.lost', says: '[HPRemoveHotPluggable|RFRemoveReader]*() [Removing|removing|Stopping]' },
    { tells: 'cardreader.lost', says: ' Card not transacted: 617' },
    { tells: 'cardreader.lost', says: '[InterruptRead|ReadUSB|WriteUSB]*LIBUSB_TRANSFER_NO_DEVICE' },
    { tells: 'cardreader.lost', says: '[InterruptRead|ReadUSB|WriteUSB]*No such device' },
    { tells: 'cardreader.timeout', says: 'LIBUSB_ERROR_TIMEOUT' },
    { tells: 'cardreader.timeout', says: ' Card not transacted: [612|613]' },
    { tells: 'cardreader.init_failed', says: 'RFAddReader() *[init failed|Init failed]' },
    { tells: 'cardreader.init_failed', says: 'CreateChannelByNameOrChannel() failed' },
    { tells: 'cardreader.init_failed', says: 'RFInitializeReader() *[failed|Failed|Open Port]' },
    { tells: 'cardreader.init_failed', says: '[OpenUSBByName|OpenUSB]* [Can\'t libusb_open|libusb_open failed|Can\'t claim interface|Can\'t open]' },
    { tells: 'cardreader.init_failed', says: 'Can\'t [libusb_open|claim interface] *: LIBUSB_ERROR_' },
    { tells: 'cardreader.init_failed', says: 'HPAddHotPluggable() [Failed|failed] adding USB device' },
    { tells: 'cardreader.init_failed', says: 'HPEstablishUSBNotifications() *[failed|Failed]' },
    { tells: 'cardreader.init_failed', says: 'LIBUSB_ERROR_[ACCESS|BUSY]' },
    { tells: 'cardreader.reset', says: 'libusb_reset_device' },
  ],
}

/** The kernel's view of pcscd: its claim is gone because somebody reset the device. */
export const CARD_READER_CLAIM: LogTable = {
  prefix: 'usb',
  rows: [
    { tells: 'cardreader.reset', says: ' usb {on}: usbfs: process # (pcscd) did not claim interface # before use' },
    { tells: 'cardreader.reset', says: ' usb {on}: usbfs: interface # claimed by * while \'pcscd\' [sets config|resets device]' },
    { tells: 'cardreader.timeout', says: ' usb {on}: usbfs: *[USBDEVFS_CONTROL|USBDEVFS_BULK] failed cmd pcscd *ret -110' },
    { tells: 'cardreader.lost', says: ' usb {on}: usbfs: *[USBDEVFS_CONTROL|USBDEVFS_BULK] failed cmd pcscd *ret [-71|-19|-108]' },
    { tells: 'ups.usb_reconnect', says: ' usb {on}: usbfs: *[USBDEVFS_CONTROL|USBDEVFS_BULK] failed cmd [usbhid-ups|apcupsd|nutdrv_qx|blazer_usb|upowerd] ' },
    { tells: 'ups.usb_reconnect', says: ' usb {on}: usbfs: process # ([usbhid-ups|apcupsd|nutdrv_qx|blazer_usb]) did not claim interface' },
  ],
}

/** NUT (usbhid-ups, nutdrv_qx, upsd, upsmon) and apcupsd: contact over USB was lost and is made anew; the mains are another matter. */
export const UPS: LogTable = {
  by: /^(?:usbhid-ups|nutdrv_qx|blazer_usb|tripplite_usb|richcomm_usb|bcmxcp_usb|riello_usb|upsd|upsmon|upsdrvctl|apcupsd|nut)/,
  rows: [
    { tells: 'ups.usb_reconnect', says: '[nut_libusb_get_report|libusb_get_report|nut_libusb_get_interrupt|libusb_get_interrupt|nut_libusb_set_report|nut_libusb_get_string]: ' },
    { tells: 'ups.usb_reconnect', says: 'Reconnecting' },
    { tells: 'ups.usb_reconnect', says: '[try to reconnect|Can\'t claim USB device|Can\'t open USB device|failed to claim USB device|libusb_open failed|No matching HID UPS found|No supported devices found]' },
    { tells: 'ups.usb_reconnect', says: 'Data for UPS [{on}] is stale' },
    { tells: 'ups.usb_reconnect', says: 'UPS [{on}] data is no longer stale' },
    { tells: 'ups.usb_reconnect', says: 'Can\'t connect to UPS [{on}]' },
    { tells: 'ups.usb_reconnect', says: 'Communications with UPS {on} lost' },
    { tells: 'ups.usb_reconnect', says: 'UPS {on} is unavailable' },
    { tells: 'ups.usb_reconnect', says: 'Poll UPS [{on}] failed' },
    { tells: 'ups.usb_reconnect', says: 'Communications with UPS lost' },
    { tells: 'ups.usb_reconnect', says: '[device has been disconnected|Device disconnected|HIDGetEvents: |Got disconnected by another driver]' },
    { tells: 'ups.usb_reconnect', says: '[usb_get_report|usb_get_string|usb_control_msg|usb_interrupt_read|get_data_agent]*: *[No such device|Broken pipe|Protocol error|Input/output error|could not]' },
  ],
}

/** CUPS and its backends. */
export const PRINT_SYSTEM: LogTable = {
  by: /^(?:cupsd|cups|usb|ipp|socket|lpd|printer)/,
  rows: [
    { tells: 'printer.offline', says: '[offline-report|The printer is not responding|The printer is offline|printer is not connected|Printer is not connected|Waiting for printer to become available|Unable to locate printer|Unable to send data to printer|Printer not responding|Unable to open device]' },
    { tells: 'printer.offline', says: ' backend * [returned status 4|stopped with status 4|stopped with status 1|failed]' },
    { tells: 'printer.offline', says: 'stopped due to backend errors' },
    { tells: 'printer.driver_contention', says: '[interface|Interface] *claimed by usblp' },
    { tells: 'printer.driver_contention', says: 'Unable to detach usblp' },
    { tells: 'printer.driver_contention', says: 'Failed to claim interface # *: [Resource busy|LIBUSB_ERROR_BUSY]' },
  ],
}
