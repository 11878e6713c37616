import { existsSync } from 'node:fs'

/** Time that what is still open may take to end by itself, in milliseconds. */
const GRACE_MS = 200

const SHELL = '/bin/sh'

/**
 * Ends this process with that exit code once nothing is open any more, and soon even if something is. A look-up of a name that no
 * server answers (getaddrinfo) holds a thread for up to half a minute that nothing can end, and process.exit waits for it; only
 * putting another program in this one's place does not.
 */
export const leave = (code: number): void => {
  process.exitCode = code
  setTimeout(() => {
    if (process.execve && existsSync(SHELL)) process.execve(SHELL, [SHELL, '-c', `exit ${code}`], {})
    process.exit(code)
  }, GRACE_MS).unref()
}
