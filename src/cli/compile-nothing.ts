// Loaded before any schema is made: to compile checks into machine code pays where many thousands of reports are read; a command that
// reads one is over by then, and an agent keeps the memory.
import * as z from 'zod'

z.config({ jitless: true })
