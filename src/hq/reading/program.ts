// A thread that reads batches: see reading.ts.
import { parentPort } from 'node:worker_threads'
import { readSent, type Sent } from './messages.ts'

parentPort?.on('message', (sent: Sent) => {
  const read = readSent(sent)
  parentPort?.postMessage(read, [read.bytes])
})
