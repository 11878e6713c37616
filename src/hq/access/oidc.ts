import type { Configuration } from 'openid-client'
import { ProblemError } from '../problems.ts'
import { remembered } from '../remembered.ts'

/** The company's own sign-in: an OpenID Connect issuer at which HQ is a client. */
export interface OidcOptions {
  /** What people call it; on the button. */
  name: string
  issuer: string
  clientId: string
  /** Without one HQ is a public client. */
  clientSecret?: string | undefined
  /** The address under which browsers reach HQ; the issuer must know `/auth/oidc/callback` there. */
  url: string
  /** The claim that holds the name under which an administrator added the person; `email` unless told. */
  claim?: string | undefined
}

/** What must come back with the answer of the issuer; kept in the browser meanwhile. */
export interface Flow { state: string; nonce: string; verifier: string }

/** Somebody whom the issuer vouches for: `subject` for good, `name` as the claim says it now. */
export interface Vouched { subject: string; name: string | undefined }

/** Sends people to the issuer and reads what it says of them (authorization code with PKCE). Both reject with a ProblemError. */
export interface Oidc {
  name: string
  begin(): Promise<{ url: URL; flow: Flow }>
  finish(callback: string, flow: Flow): Promise<Vouched>
}

/** For how long what the issuer says of itself is believed, in ms, and how long it may take to answer, in seconds. */
const BELIEVED_MS = 3_600_000
const ANSWER_S = 10

const client = () => import('openid-client')

const loopback = (url: URL): boolean => /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(url.hostname)

/** Where the issuer sends people back to. */
export const CALLBACK = '/auth/oidc/callback'

/** The sign-in through this issuer; it is first asked when somebody signs in. */
export const oidc = ({ name, issuer, clientId, clientSecret, url, claim = 'email' }: OidcOptions): Oidc => {
  const server = new URL(issuer)
  const discovered = remembered(async (): Promise<Configuration> => {
    const { allowInsecureRequests, ClientSecretPost, discovery, None } = await client()
    const how = clientSecret === undefined ? None() : ClientSecretPost(clientSecret)
    // Without TLS nobody can know whom they ask, other than on this host.
    return discovery(server, clientId, undefined, how, { timeout: ANSWER_S, ...(loopback(server) ? { execute: [allowInsecureRequests] } : {}) })
  }, BELIEVED_MS)
  const asked = async (): Promise<Configuration> => {
    try {
      return await discovered()
    } catch (error) {
      throw new ProblemError(503, 'provider-away', `${name} cannot be asked just now (${error instanceof Error ? error.message : String(error)})`)
    }
  }
  return {
    name,
    begin: async () => {
      const { buildAuthorizationUrl, calculatePKCECodeChallenge, randomNonce, randomPKCECodeVerifier, randomState } = await client()
      const flow = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() }
      const question = {
        redirect_uri: new URL(CALLBACK, url).href, scope: 'openid email profile', state: flow.state, nonce: flow.nonce,
        code_challenge: await calculatePKCECodeChallenge(flow.verifier), code_challenge_method: 'S256',
      }
      return { url: buildAuthorizationUrl(await asked(), question), flow }
    },
    finish: async (callback, { state, nonce, verifier }) => {
      const { authorizationCodeGrant } = await client()
      const configuration = await asked()
      const answer = await authorizationCodeGrant(configuration, new URL(callback, url), { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true }).catch((error: unknown) => {
        throw new ProblemError(401, 'provider-refused', `${name} did not vouch for anybody (${error instanceof Error ? error.message : String(error)})`)
      })
      const claims = answer.claims()
      if (claims === undefined) throw new ProblemError(401, 'provider-refused', `${name} said nothing of who signed in`)
      const said = claims[claim]
      // An address that nobody has checked may be anybody's.
      const believed = typeof said === 'string' && !(claim === 'email' && claims.email_verified === false)
      return { subject: `${claims.iss} ${claims.sub}`, name: believed ? said : undefined }
    },
  }
}
