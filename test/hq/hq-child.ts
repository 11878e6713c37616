// An HQ in a process of its own, for tests that kill it. Arguments: data folder, and the address of its PostgreSQL database if it has one. Prints its address, stops on SIGTERM.
import { startHq } from '../../src/hq/server.ts'

const log = { info: () => {}, warn: (message: string, fields?: object) => console.error(message, fields), error: (message: string, fields?: object) => console.error(message, fields) }
const [, , dataDir = '', url] = process.argv
const hq = await startHq({ dataDir, ...(url === undefined ? {} : { database: { url } }), port: 0, version: 'child', log, operatorToken: 'operator-token-for-tests' })
process.on('SIGTERM', () => void hq.stop())
console.log(JSON.stringify({ url: hq.url }))
