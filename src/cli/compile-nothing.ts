// Loaded before any schema is made: to compile what schemas ask pays where they are asked thousands of times. A check is over by then,
// and the daemon would keep the memory.
import * as z from 'zod'

z.config({ jitless: true })
