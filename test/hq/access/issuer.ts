import { createHash, randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'

/** An OpenID Connect issuer (Core 1.0, discovery, authorization code with PKCE) on loopback that asks nobody for a password. */
export interface Issuer {
  url: string
  /** Who is at the browser: the claims of the next sign-in. */
  claims: JWTPayload
  /** Changes the ID token before it is signed, as a bad issuer would. */
  bend: (token: JWTPayload) => JWTPayload
  /** Authorization requests so far. */
  asked: URLSearchParams[]
  close(): Promise<void>
}

const CLIENT = { id: 'posdiag-hq', secret: 'a-secret-of-the-client' } as const

/** Starts one. */
export const startIssuer = async (): Promise<Issuer> => {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' }
  const codes = new Map<string, { challenge: string; nonce: string; redirect: string; claims: JWTPayload }>()
  const http = process.getBuiltinModule('node:http')
  const issuer: Issuer = {
    url: '', claims: {}, bend: (token) => token, asked: [],
    close: () => new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    }),
  }
  const authorize = (query: URLSearchParams): string => {
    issuer.asked.push(query)
    const code = randomUUID()
    codes.set(code, { challenge: query.get('code_challenge') ?? '', nonce: query.get('nonce') ?? '', redirect: query.get('redirect_uri') ?? '', claims: issuer.claims })
    const back = new URL(query.get('redirect_uri') ?? '')
    back.search = new URLSearchParams({ code, state: query.get('state') ?? '' }).toString()
    return back.href
  }
  const token = async (form: URLSearchParams): Promise<{ status: number; body: object }> => {
    const code = form.get('code') ?? ''
    const given = codes.get(code)
    codes.delete(code)
    const challenge = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url')
    const good = given !== undefined && given.challenge === challenge && given.redirect === form.get('redirect_uri') && form.get('client_id') === CLIENT.id && form.get('client_secret') === CLIENT.secret
    if (!good) return { status: 400, body: { error: 'invalid_grant' } }
    const now = Math.floor(Date.now() / 1000)
    const claims = issuer.bend({ iss: issuer.url, aud: CLIENT.id, iat: now, exp: now + 300, nonce: given.nonce, ...given.claims })
    return { status: 200, body: { access_token: randomUUID(), token_type: 'Bearer', id_token: await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'k1' }).sign(privateKey) } }
  }
  const server = http.createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', issuer.url)
    const json = (status: number, value: object) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    if (pathname === '/.well-known/openid-configuration') {
      return json(200, {
        issuer: issuer.url, authorization_endpoint: `${issuer.url}/authorize`, token_endpoint: `${issuer.url}/token`, jwks_uri: `${issuer.url}/jwks`,
        response_types_supported: ['code'], subject_types_supported: ['public'], id_token_signing_alg_values_supported: ['ES256'], code_challenge_methods_supported: ['S256'],
      })
    }
    if (pathname === '/jwks') return json(200, { keys: [jwk] })
    if (pathname === '/authorize') return response.writeHead(302, { location: authorize(searchParams) }).end()
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk
    }).on('end', () => void token(new URLSearchParams(body)).then((answer) => json(answer.status, answer.body)))
    return undefined
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  issuer.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return issuer
}

/** How HQ is told of it. */
export const oidcOf = (issuer: Issuer, url: string) => ({ name: 'Example ID', issuer: issuer.url, clientId: CLIENT.id, clientSecret: CLIENT.secret, url })
