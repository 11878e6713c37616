import type { LogTable } from './row.ts'

/** Linux block/blk-core.c, fs/buffer.c, drivers/scsi, drivers/mmc, drivers/ata, drivers/nvme. Floppy, optical and loop devices are left out: machines without a medium complain of them at every look. */
const NO_MEDIUM = ['dev [fd|sr|loop|ram|nbd|zram]#', 'device [fd|sr|loop|ram|nbd|zram]#', '[on dev|on device|dev] [fd|sr|loop]']

/** Disks and cards of any bus. What the block layer says is a consequence: it knows neither cause nor culprit. */
export const STORAGE: LogTable = {
  rows: [
    { tells: 'disk.write', says: ' I/O error, dev {on}, sector # op 0x#:([WRITE|FLUSH|DISCARD]', unless: NO_MEDIUM },
    { tells: 'disk.read', says: ' I/O error, dev {on}, sector #', unless: [...NO_MEDIUM, 'op 0x#:([WRITE|FLUSH|DISCARD|DRV]'] },
    { tells: 'disk.read', says: 'Buffer I/O error on [dev|device] {on}, logical block #, async page read', unless: NO_MEDIUM },
    { tells: 'disk.write', says: 'Buffer I/O error on [dev|device] {on}, logical block #, lost [sync|async] page write', unless: NO_MEDIUM },
    { tells: 'disk.read', says: 'Buffer I/O error on [dev|device] {on}, logical block #', unless: [...NO_MEDIUM, 'lost [sync|async] page write', 'async page read'] },
    { tells: 'disk.write', says: 'lost page write due to I/O error on {on}' },
    { tells: 'disk.write', says: 'EXT4-fs ({on}): I/O error while writing superblock' },
    { tells: 'disk.write', says: 'EXT4-fs warning (device {on}): ext4_end_bio:#: I/O error # writing to inode' },
    { tells: 'disk.write', says: 'JBD2: *Error # detected when updating journal superblock for {on}' },
    { tells: 'disk.write', says: 'JBD2: *Detected IO errors while flushing file data on {on}' },
    { tells: 'disk.write', says: 'F2FS-fs ({on}): *write *I/O error' },
    { tells: 'storage.write_error', says: 'XFS ({on}): *metadata I/O error' },
    { tells: 'storage.write_error', says: 'critical space allocation error, dev {on}' },
    { tells: 'storage.disk_failing', says: 'critical medium error, dev {on}', unless: NO_MEDIUM },
    { tells: 'storage.disk_failing', says: ' [{on}] *Sense Key : [Medium Error|Hardware Error]' },
    // A bridge that refuses a command says so too: that is no failing disk.
    { tells: 'disk.write', says: 'critical target error, dev {on}, sector # op 0x#:(WRITE)', unless: NO_MEDIUM },
    { tells: 'storage.disk_failing', says: ' [{on}] *Sense Key : [0x3|0x4] [current]' },
    { tells: 'disk.write', says: '-fs error (device {on}): *Error while async write back metadata' },
    { tells: 'disk.transport', says: '[{on}] *FAILED Result: hostbyte=[DID_ERROR|DID_TIME_OUT|DID_SOFT_ERROR|DID_TRANSPORT_DISRUPTED|DID_ABORT|DID_RESET|DID_BUS_BUSY|DID_REQUEUE]' },
    { tells: 'disk.transport', says: ' [{on}] *uas_eh_abort_handler' },
    { tells: 'usb.reset', says: ': uas_eh_device_reset_handler start' },
    { tells: 'storage.device_lost', says: ' [{on}] *hostbyte=[DID_NO_CONNECT|DID_BAD_TARGET|0x01|0x04]', unless: ['Synchronize Cache', 'Synchronizing SCSI cache'] },
    { tells: 'storage.device_lost', says: 'rejecting I/O to [offline|dead] device' },
    { tells: 'storage.device_lost', says: 'Device offlined - not ready after error recovery' },
    { tells: 'storage.device_lost', says: 'EXT4-fs ({on}): *shut down requested' },
    { tells: 'storage.device_lost', says: ' {on}: detected capacity change from # to 0', unless: ['loop#', 'sr#', 'zram#', 'nbd#', 'fd#'] },
  ],
}

/** Linux drivers/mmc: cards that sit in a slot, and eMMC. */
export const MMC: LogTable = {
  rows: [
    { tells: 'storage.mmc_timeout', says: ' {on:mmc}: Timeout waiting for hardware' },
    { tells: 'storage.mmc_timeout', says: ' {on:mmc}: tried to [HW|SW] reset card, got error -110' },
    { tells: 'storage.mmc_timeout', says: ' {on:mmc}: error -110 [whilst initialising|sending|transferring|requesting|doing|reading]' },
    { tells: 'storage.mmc_timeout', says: ' {on:mmc}: [Card stuck in|card stuck being|card never left|Card stuck being|card stuck in]' },
    { tells: 'storage.mmc_timeout', says: ' {on:mmc}: [timed out sending|cache flush error -110|flush error -110|unable to set * timeout|running CQE recovery|timeout waiting for]' },
    { tells: 'storage.mmc_timeout', says: ' {on:mmc}: *timed out*card status' },
    { tells: 'storage.mmc_timeout', says: ' {on:mmc}: cqhci: timeout for tag' },
    { tells: 'storage.mmc_timeout', says: 'sdhci: Timeout waiting for' },
    { tells: 'storage.mmc_timeout', says: ' {on:mmc}: Reset 0x# never completed' },
    { tells: 'storage.mmc_timeout', says: ' {on:mmc}: Controller never released inhibit bit' },
    { tells: 'storage.mmc_timeout', says: ' {on:mmc}: Internal clock never stabilised' },
    { tells: 'storage.mmc_errors', says: ' {on:mmc}: [reducing overclock due to errors|cancelling overclock]' },
    { tells: 'storage.mmc_errors', says: ' {on:mmc}: error [-5|-84|-22|-123] [whilst initialising|sending|transferring|requesting|doing|reading]' },
    { tells: 'storage.mmc_errors', says: ' {on:mmc}: tried to [HW|SW] reset card, got error' },
    { tells: 'storage.mmc_errors', says: ' {on:mmc}: tried to reset card' },
    { tells: 'storage.mmc_errors', says: ' {on:mmc}: r/w command failed, status' },
    { tells: 'storage.mmc_errors', says: ' {on:mmc}: unknown error # sending read/write command' },
    { tells: 'storage.mmc_errors', says: ' {on:mmc}: problem reading SD Status register' },
    { tells: 'storage.mmc_errors', says: ' {on:mmc}: recovery failed!' },
    { tells: 'storage.mmc_errors', says: ' {on:mmc}: [Tuning failed|tuning execution failed|Tuning timeout]' },
    { tells: 'storage.mmc_errors', says: ' {on:mmc}: [Got data interrupt|Got command interrupt|Unexpected interrupt|ADMA error|Data CRC error|data CRC error]' },
    { tells: 'storage.mmc_errors', says: ' {on:mmc}: retrying [using single block read|write for general purpose|because a re-tune]' },
    { tells: 'storage.mmc_errors', says: ' {on:mmc}: req failed (CMD#): -#' },
    // Bit 21 of the card's status: the card could not correct what it read (SD Physical Layer 4.10.1).
    { tells: 'storage.sd_failing', says: ' {on:mmc}: *card status 0x[200b00|200900|280900|00200b00|00200900|280b00]' },
    { tells: 'storage.sd_failing', says: ' {on:mmc}: [error|r/w command failed]*status 0x[20|28|a0][0|8|9]' },
    { tells: 'storage.sd_failing', says: ' {on:mmc}: Card is consuming too much power' },
    { tells: 'disk.mmc', says: ' {on:mmc}: [error|command|r/w command|response|retrying|recovery]*[failed|transferring|status]', unless: [' card status register'] },
    { tells: 'storage.device_lost', says: ' {on:mmc}: card * removed' },
  ],
}

/** Linux drivers/ata/libata. The link, the wait and the surface are three different troubles. */
export const ATA: LogTable = {
  rows: [
    { tells: 'ata.of', says: ' {on:ata}: failed command: ' },
    { tells: 'ata.of', says: ' {on:ata}: exception Emask ' },
    { tells: 'storage.ata_link_error', says: ' {on:ata}: *SError: { *[BadCRC|PHYRdyChg|PHYInt|CommWake|10B8B|Dispar|Handshk|LinkSeq|TrStaTrns|UnrecFIS|DevExch|Proto|HostInt|UnrecovData|RecovComm|Persist]' },
    { tells: 'storage.ata_link_error', says: ' {on:ata}: error: { ICRC' },
    { tells: 'storage.ata_link_error', says: '(ATA bus error)' },
    { tells: 'storage.ata_link_error', says: ' {on:ata}: *interface fatal error' },
    { tells: 'storage.ata_link_error', says: ' {on:ata}: [COMRESET failed|softreset failed|hardreset failed|link is slow to respond|SRST failed]' },
    { tells: 'storage.ata_link_error', says: ' {on:ata}: [reset failed, giving up|limiting SATA link speed to|limiting speed to UDMA|failed to resume link]' },
    { tells: 'storage.ata_link_error', says: ' {on:ata}: exception Emask 0x[10|50] ' },
    { tells: 'storage.ata_link_error', says: ' {on:ata}: link online but device misclassified' },
    { tells: 'sata.up', says: ' {on:ata}: SATA link up' },
    { tells: 'sata.down', says: ' {on:ata}: SATA link down' },
    { tells: 'storage.ata_timeout', says: 'Emask 0x*(timeout)' },
    { tells: 'storage.ata_timeout', says: ' {on:ata}: qc timeout' },
    { tells: 'storage.ata_timeout', says: ' {on:ata}: lost interrupt (Status' },
    { tells: 'storage.ata_timeout', says: ' {on:ata}: failed to [IDENTIFY|set xfermode|enable AA] (*err_mask=0x[4|5|6]' },
    { tells: 'storage.ata_timeout', says: ' {on:ata}: device not ready (errno=-16)' },
    { tells: 'storage.ata_media_error', says: '(media error)' },
    { tells: 'storage.ata_media_error', says: ' {on:ata}: error: { *UNC' },
    { tells: 'storage.device_lost', says: ' {on:ata}: disabled' },
    { tells: 'storage.device_lost', says: ' {on:ata}: detaching (SCSI' },
  ],
}

/** Linux drivers/nvme/host. */
export const NVME: LogTable = {
  rows: [
    { tells: 'storage.nvme_down', says: ' nvme {on}: controller is down; will reset' },
    { tells: 'storage.nvme_down', says: ' nvme {on}: [Device not ready; aborting|Removing after probe failure|Removing after reset failure|Identify Controller failed|failed to mark controller|Disabling device after reset failure]' },
    { tells: 'storage.nvme_down', says: ' nvme {on}: [Unable to change power state|frozen state error detected|Device shutdown incomplete]' },
    { tells: 'storage.nvme_timeout', says: ' nvme {on}: I/O *timeout' },
    { tells: 'storage.nvme_timeout', says: ' nvme {on}: *QID # timeout' },
    { tells: 'storage.nvme_timeout', says: ' nvme {on}: Abort status: 0x' },
    { tells: 'storage.disk_failing', says: ' {on:nvme}: I/O Cmd(0x#) *I/O Error (sct 0x2 / sc 0x[80|81|82|83|84|85|86|87])' },
    { tells: 'storage.disk_failing', says: ' nvme {on}: [critical warning|reliability is degraded|media is in read-only mode]' },
  ],
}

/** smartd of smartmontools. */
export const SMART: LogTable = {
  by: /^smartd|^kernel$/,
  rows: [
    { tells: 'storage.disk_failing', says: 'Device: {on} *FAILED SMART self-check' },
    { tells: 'storage.disk_failing', says: 'Device: {on} *SMART Failure' },
    { tells: 'storage.disk_failing', says: 'Device: {on} *Failed SMART usage Attribute' },
    { tells: 'storage.disk_failing', says: 'Device: {on} *[Currently unreadable (pending) sectors|Offline uncorrectable sectors]' },
    { tells: 'storage.disk_failing', says: 'Device: {on} *Self-Test Log error count increased' },
  ],
}
