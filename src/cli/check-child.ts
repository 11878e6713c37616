import { flushCompileCache } from 'node:module'
import type { FromChild, LookOrder } from './look.ts'
import { lookHere } from './look.ts'

const say = (message: FromChild): Promise<void> =>
  new Promise((resolve, reject) => {
    if (!process.send) return reject(new Error('check-child is started by the agent, not by hand'))
    process.send(message, undefined, undefined, (error) => (error ? reject(error) : resolve()))
  })

process.once('message', (order: LookOrder) => {
  lookHere(order, (progress) => void say({ type: 'progress', progress }))
    .then((check) => {
      // The agent ends this process as soon as it has the check, so what was compiled is kept before; that costs only the first time.
      flushCompileCache()
      return say({ type: 'check', check })
    })
    .then(() => process.exit(0), (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
      process.exit(1)
    })
})
// Without the agent nobody waits for the answer.
process.once('disconnect', () => process.exit(0))
