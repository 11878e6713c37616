// HQ in a process of its own, for the kill loop. Arguments: data folder, port. Prints its port, stops on SIGTERM.
import { flushCompileCache } from 'node:module'
import { startHq } from '../../src/hq/server.ts'

const [dataDir = '', port = '0'] = process.argv.slice(2)
const complain = (message: string, fields?: object): void => console.error(`HQ: ${message}`, fields ?? '')
const hq = await startHq({ dataDir, port: Number(port), version: '0.0.0', log: { info: () => undefined, warn: () => undefined, error: complain }, operatorToken: 'operator-token-for-tests' })
process.on('SIGTERM', () => void hq.stop())
// Whoever is killed leaves nothing behind at his end, and the next would compile all of it again.
flushCompileCache()
console.log(new URL(hq.url).port)
