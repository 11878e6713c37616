import { readFileSync } from 'node:fs'

const ANSWER_MS = 70_000

/** Asks the agent's desk from within the guest; resolves with the body of its answer whatever its status. Rejects if it does not answer in time. */
export const askDesk = ({ address, method, path, body }: { address: string; method: 'GET' | 'POST'; path: string; body?: object }): Promise<string> => new Promise((resolve, reject) => {
  const { request } = process.getBuiltinModule('node:http')
  const { url, token } = JSON.parse(readFileSync(address, 'utf8')) as { url: string; token: string }
  const asked = request(`${url}${path}`, { method, timeout: ANSWER_MS, headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) } }, (response) => {
    const parts: Buffer[] = []
    response.on('data', (part: Buffer) => void parts.push(part)).on('end', () => resolve(Buffer.concat(parts).toString())).on('error', reject)
  })
  asked.on('timeout', () => asked.destroy(new Error(`the desk did not answer ${path}`))).on('error', reject)
  asked.end(body ? JSON.stringify(body) : undefined)
})
