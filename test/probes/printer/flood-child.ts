import { openPty } from '../../bench/pty.ts'

// A pty whose far end pours out a megabyte of noise per second. Writing to it blocks while nobody reads, so that it needs a process of its own.
const pty = openPty()
const chunk = Uint8Array.from({ length: 10_000 }, (_, i) => ((i * 2654435761) >>> 13) & 0xff)
process.send?.(pty.path)
setInterval(() => pty.send(chunk), 10)
