import * as z from 'zod'
import { TerminalFile } from './terminal.ts'

const time = z.number()
const { region, store, id: terminalId } = TerminalFile.shape.terminal.shape

/** What a person may do: viewer looks; technician also asks terminals for checks and works on incidents; manager also enrols and revokes terminals; administrator also decides who may what. Each may all that those before may. */
export const Role = z.enum(['viewer', 'technician', 'manager', 'administrator'])
export type Role = z.infer<typeof Role>

/** Some terminals, by what they say of themselves: those of a region, of a store, or of a store in a region. */
export const Place = z.strictObject({ region: region.unwrap().min(1).optional(), store: store.unwrap().min(1).optional() }).refine((p) => p.region !== undefined || p.store !== undefined, 'name a region or a store')
export type Place = z.infer<typeof Place>

/** The places whose terminals somebody may see; without it all of them. */
export const Scope = z.array(Place).min(1).max(50)
export type Scope = z.infer<typeof Scope>

/** Places that a terminal is in: true where it is in one of them, or where there is no scope. */
export const isWithin = (scope: Scope | undefined, at: Place): boolean =>
  scope === undefined || scope.some((p) => (p.region === undefined || p.region === at.region) && (p.store === undefined || p.store === at.store))

/** The name that a person signs in with; case does not matter. */
export const UserName = z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N}._@+-]{0,99}$/u, 'letters, digits and . _ @ + -, beginning with a letter or a digit')

/** Twelve characters or more; nothing else makes one strong. */
export const Password = z.string().min(12).max(200)

/** POST /auth/sign-in; answered with 204 and a cookie. */
export const SignIn = z.strictObject({ name: z.string().min(1).max(100), password: z.string().min(1).max(200) })

/** GET /auth/ways: how one may sign in, for the page before anybody has. `provider` is the name of the company's own sign-in. */
export const SignInWays = z.strictObject({ password: z.boolean(), provider: z.string().optional() })
export type SignInWays = z.infer<typeof SignInWays>

/** A person as lists show one. `external`: signs in through the company's own sign-in; `bound` since when. */
export const UserRow = z.strictObject({
  id: z.string(),
  name: z.string(),
  role: Role,
  scope: Scope.optional(),
  password: z.boolean(),
  external: z.boolean(),
  createdAt: time,
  signedInAt: time.optional(),
  disabledAt: time.optional(),
  sessions: z.int(),
})
export type UserRow = z.infer<typeof UserRow>

const unscopedAdministrator = [(u: { role?: Role | undefined; scope?: Scope | null | undefined }) => u.role !== 'administrator' || u.scope === undefined || u.scope === null, 'an administrator has no scope'] as const

/** POST /api/users; without a password the person can sign in only through the company's own sign-in, as `external` allows. */
export const CreateUser = z.strictObject({ name: UserName, role: Role, scope: Scope.optional(), password: Password.optional(), external: z.boolean().default(false) })
  .refine(...unscopedAdministrator).refine((u) => u.password !== undefined || u.external, 'give a password, or let the company sign the person in')
export type CreateUser = z.infer<typeof CreateUser>

/** PATCH /api/users/{id}; what is left out stays. `scope` null: everywhere. Every change ends the person's sessions. */
export const ChangeUser = z.strictObject({ role: Role.optional(), scope: Scope.nullable().optional(), password: Password.optional(), external: z.boolean().optional(), disabled: z.boolean().optional() }).refine(...unscopedAdministrator)
export type ChangeUser = z.infer<typeof ChangeUser>

/** GET /api/me: who asks, and what HQ lets them do. `by`: operator-token is whoever holds the token of HQ's data folder. `users`: how many people there are. */
export const Me = z.strictObject({ name: z.string(), role: Role, scope: Scope.optional(), by: z.enum(['operator-token', 'session', 'api-token']), users: z.int() })
export type Me = z.infer<typeof Me>

/** PUT /api/me/password; ends all other sessions of the person. */
export const ChangePassword = z.strictObject({ old: z.string().max(200), password: Password })

/** A session as its owner sees it; `id` is no secret. */
export const SessionRow = z.strictObject({ id: z.string(), createdAt: time, seenAt: time, expiresAt: time, address: z.string(), browser: z.string(), current: z.boolean() })
export type SessionRow = z.infer<typeof SessionRow>

/** POST /api/tokens: a token for a program. `days` until it expires; without them it does not. */
export const CreateApiToken = z.strictObject({ name: z.string().trim().min(1).max(100), role: Role, scope: Scope.optional(), days: z.int().positive().max(3650).optional() }).refine(...unscopedAdministrator)
export type CreateApiToken = z.infer<typeof CreateApiToken>

/** An API token as lists show it; the token itself is said only once, in the answer to its creation. */
export const ApiTokenRow = z.strictObject({
  id: z.string(),
  name: z.string(),
  role: Role,
  scope: Scope.optional(),
  createdBy: z.string(),
  createdAt: time,
  expiresAt: time.optional(),
  usedAt: time.optional(),
  revokedAt: time.optional(),
})
export type ApiTokenRow = z.infer<typeof ApiTokenRow>

/** Answer to POST /api/tokens, with status 201. */
export const CreatedApiToken = z.strictObject({ ...ApiTokenRow.shape, token: z.string() })
export type CreatedApiToken = z.infer<typeof CreatedApiToken>

/** One line of the audit log: who did what, to what, when and from where. `status` is that of HQ's answer; `detail` JSON without secrets. */
export const AuditRow = z.strictObject({ id: z.string(), at: time, who: z.string(), by: z.string(), action: z.string(), target: z.string(), status: z.int(), address: z.string(), detail: z.string() })
export type AuditRow = z.infer<typeof AuditRow>

/** What HQ demands of terminals. `unsigned`: whether reports are taken from terminals that have no key of their own. `approval`: whether somebody must approve a terminal that enrolled before its reports are taken. */
export const TerminalPolicy = z.strictObject({ unsigned: z.enum(['accept', 'refuse']), approval: z.enum(['none', 'required']) })
export type TerminalPolicy = z.infer<typeof TerminalPolicy>

/** The public half of a terminal's Ed25519 key (RFC 8037). */
export const TerminalKey = z.strictObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string().regex(/^[A-Za-z0-9_-]{43}$/) })
export type TerminalKey = z.infer<typeof TerminalKey>

/** The header of POST /v1/reports with a terminal's signature: a compact JWS (RFC 7515) with detached payload over the body as it is before compression. */
export const SIGNATURE_HEADER = 'posdiag-signature'

/** `typ` in that signature's header, so that what is signed for one purpose serves no other. */
export const SIGNATURE_TYPE = 'posdiag-reports'

/** `typ` of the signature that POST /v1/enrol may bring in the same header, by which a terminal shows that it holds the key that it enrols with. */
export const ENROLMENT_TYPE = 'posdiag-enrolment'

/** What that signature is over: the one-time token, and whose it shall be. */
export const enrolmentProof = (token: string, terminalId: string): string => JSON.stringify({ token, terminal: terminalId })

/** POST /v1/key: a terminal that was enrolled without a key gives its public one; once. */
export const RegisterKey = z.strictObject({ key: TerminalKey })

/** A terminal that waits for approval. `address`: from where it enrolled; `by`: who made its one-time token. */
export const WaitingTerminal = z.strictObject({ terminal: TerminalFile.shape.terminal, enrolledAt: time, address: z.string(), key: z.string().optional(), by: z.string().optional() })
export type WaitingTerminal = z.infer<typeof WaitingTerminal>

/** Uploads of a terminal that HQ refused, by reason: how often, since when, and last from where. */
export const RefusalRow = z.strictObject({ terminalId, reason: z.string(), count: z.int(), firstAt: time, lastAt: time, address: z.string() })
export type RefusalRow = z.infer<typeof RefusalRow>

/** GET /api/admission: the policy, how many terminals have no key, who waits for approval, and what was refused in the last 30 days; each at most 200. */
export const Admission = z.strictObject({ policy: TerminalPolicy, unsignedTerminals: z.int(), waiting: z.array(WaitingTerminal), refusals: z.array(RefusalRow) })
export type Admission = z.infer<typeof Admission>
