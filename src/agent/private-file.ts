import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs'

/** Writes a file that only its owner can read, whole or not at all. */
export const writePrivate = (path: string, text: string, mode = 0o600): void => {
  const half = `${path}.new`
  const file = openSync(half, 'w', mode)
  try {
    // The process's umask must not decide who may read it.
    fchmodSync(file, mode)
    writeSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(half, path)
}
