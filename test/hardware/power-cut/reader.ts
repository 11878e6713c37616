// Runs inside the guest after a power cut: says what is in the agent's store.
import { openStore } from '../../../src/agent/store.ts'

const store = openStore(process.argv[2] ?? '')
const rows = store.db.all('SELECT sequence, id, state FROM reports ORDER BY sequence')
process.stdout.write(JSON.stringify({ sequence: store.sequence(), rows: rows.map((r) => [r.sequence, r.id, r.state]) }))
