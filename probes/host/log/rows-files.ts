import type { LogTable } from './row.ts'

/** Linux fs/ext4, jbd2, xfs, btrfs, fat, f2fs, squashfs, ubifs, ntfs3, and who checks and mounts them. Replay of a journal after a power cut is health, not damage. */
export const FILES: LogTable = {
  rows: [
    // A file system that cannot read its disk is a victim.
    { tells: 'fs.unread', says: '[EXT4|EXT3|EXT2]-fs error (device {on}): *[reading directory lblock|unable to read itable block|Cannot read block bitmap|Cannot read inode bitmap|error # reading directory block|comm *: IO failure|error -5|unable to read inode block|Error # reading]' },
    { tells: 'fs.unread', says: 'EXT4-fs ({on}): previous I/O error to superblock' },
    { tells: 'fs.journal_aborted', says: '[EXT4|EXT3]-fs error (device {on})*[Detected aborted journal|detected aborted journal|Journal has aborted]' },
    { tells: 'fs.corruption', says: '[EXT4-fs|EXT3-fs|EXT2-fs] error (device {on}): ', unless: ['reading directory lblock', 'unable to read itable block', 'Cannot read [block|inode] bitmap', 'reading directory block', 'IO failure', 'error -5', 'unable to read inode block', 'etected aborted journal', 'Journal has aborted', 'Error # reading', 'Couldn\'t clean up the journal', 'Error while async write back', '__ext4_ext_check_block'] },
    { tells: 'fs.corruption', says: 'EXT4-fs error (device {on}): *__ext4_ext_check_block' },
    { tells: 'fs.corruption', says: 'EXT4-fs ({on}): [warning: mounting fs with errors|error count since last fsck: #|initial error at time|last error at time]' },
    { tells: 'fs.corruption', says: 'EXT4-fs warning (device {on}): *[checksum|corrupt]*', unless: ['recovering journal'] },
    { tells: 'fs.corruption', says: 'JBD2: *[checksum|corrupt]*', unless: ['journal checksum enabled'] },
    { tells: 'fs.corruption', says: 'XFS ({on}): *[Corruption|corruption|Metadata CRC error|Internal error|Bad magic]' },
    { tells: 'fs.corruption', says: 'BTRFS [error|critical|warning] (device {on}*): *[corrupt|csum failed|parent transid verify failed|checksum verify failed|bad tree block]' },
    { tells: 'fs.corruption', says: 'BTRFS: *[checksum verify failed|parent transid verify failed]' },
    { tells: 'fs.corruption', says: 'BTRFS error (device {on}*): bdev * errs: wr *, corrupt [1|2|3|4|5|6|7|8|9]' },
    { tells: 'fs.corruption', says: 'FAT-fs ({on}): error, [corrupted directory|fat_get_cluster|fat_bmap_cluster|invalid access to FAT|invalid cluster chain|fat_free_clusters|clusters badly computed]' },
    { tells: 'fs.corruption', says: 'exFAT-fs ({on}): error, [invalid|corrupt|failed to]' },
    { tells: 'fs.corruption', says: 'F2FS-fs ({on}): *[Inconsistent|inconsistent|corrupt|Corrupt|Invalid|invalid|sanity_check]', unless: ['Magic Mismatch', 'Can\'t find valid F2FS'] },
    { tells: 'fs.corruption', says: 'SQUASHFS error: *[decompression failed|Unable to read|unable to read|Failed to read block|Corrupt]' },
    { tells: 'fs.corruption', says: 'UBIFS error *[bad node|bad CRC|corrupt|bad magic]' },
    { tells: 'fs.corruption', says: 'jffs2: *[CRC failed|Magic bitmask 0x* not found|Data CRC]' },
    { tells: 'fs.corruption', says: 'UBI error: *[bad CRC|bad VID|corrupt]' },
    { tells: 'fs.journal_aborted', says: 'Aborting journal on device {on}-#' },
    { tells: 'fs.journal_aborted', says: 'Aborting journal on device {on}', unless: ['Aborting journal on device *-#'] },
    { tells: 'fs.journal_aborted', says: '[journal commit I/O error|ext4_abort called|ext3_abort called]' },
    { tells: 'fs.journal_aborted', says: 'XFS ({on}): *[log I/O error|Log I/O Error Detected]' },
    { tells: 'fs.journal_aborted', says: 'BTRFS*[Transaction aborted|transaction aborted]' },
    { tells: 'fs.readonly', says: '-fs ({on}): Remounting filesystem read-only' },
    { tells: 'fs.readonly', says: 'Remounting filesystem read-only', unless: ['-fs (*): Remounting'] },
    { tells: 'fs.readonly', says: '-fs ({on}): Filesystem has been set read-only' },
    { tells: 'fs.readonly', says: 'XFS ({on}): *[Filesystem has been shut down|Shutting down filesystem|shutting down filesystem]' },
    { tells: 'fs.readonly', says: 'BTRFS * (device {on}*): forced readonly' },
    { tells: 'fs.readonly', says: 'F2FS-fs ({on}): Stopped filesystem due to reason' },
    { tells: 'fs.readonly', says: 'ubifs_ro_mode: switched to read-only mode' },
    { tells: 'fs.readonly', says: 'UBIFS warning *switched to read-only mode' },
    { tells: 'fs.mount_failed', says: '-fs ({on}): mount failed' },
    { tells: 'fs.mount_failed', says: '-fs ({on}): [unable to read superblock|VFS: Can\'t find|can\'t find a valid FAT filesystem|bogus number of|invalid media value|no journal found|error loading journal|Can\'t find valid F2FS|failed to recover all|Failed to get valid]' },
    { tells: 'fs.mount_failed', says: 'XFS ({on}): [SB validate failed|log mount failed|log mount/recovery failed|Log mount/recovery failed|Invalid superblock|bad version|SB read failed]' },
    { tells: 'fs.mount_failed', says: 'BTRFS* open_ctree failed' },
    { tells: 'fs.mount_failed', says: 'BTRFS* (device {on}*): open_ctree failed' },
    { tells: 'fs.mount_failed', says: ': volume is dirty and ' },
    { tells: 'fs.mount_failed', says: 'VFS: [Cannot open root device|Unable to mount root fs]' },
    { tells: 'fs.mount_failed', says: 'not syncing: VFS: Unable to mount root' },
    { tells: 'fs.mount_failed', says: 'JBD2: [journal recovery failed|recovery failed|no valid journal superblock found]' },
    { tells: 'fs.mount_failed', says: 'unable to mount root*filesystem' },
  ],
}

/** systemd and fsck of the same. */
export const MOUNTS: LogTable = {
  by: /^(?:systemd|systemd-fsck|fsck|mount|initramfs|init|udisksd|automount)/,
  rows: [
    { tells: 'fs.corruption', says: 'UNEXPECTED INCONSISTENCY' },
    { tells: 'fs.corruption', says: '[fsck failed with|File system check failed|Filesystem contains file system with errors|contains a file system with errors]' },
    { tells: 'fs.corruption', says: 'Failed to start *File System Check on' },
    { tells: 'fs.mount_failed', says: 'Failed to mount {on}' },
    { tells: 'fs.mount_failed', says: 'wrong fs type, bad option, bad superblock on {on}' },
    { tells: 'fs.mount_failed', says: 'Mount process exited, code=exited' },
    { tells: 'fs.mount_failed', says: 'Dependency failed for Local File Systems' },
  ],
}
