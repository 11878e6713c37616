import { leave } from './leave.ts'
import { run } from './program.ts'

// Other ends go away when they like (`posdiag … | head`): that is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

leave(await run(process.argv.slice(2)))
