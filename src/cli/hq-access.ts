import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { parse } from 'yaml'
import * as z from 'zod'
import { EXIT, Failure } from './failure.ts'

/** How HQ is reached, and by whom: what `posdiag hq` is told of certificates, proxies and the company's own sign-in. */
interface AccessOptions { tlsCert?: string; tlsKey?: string; clientCa?: string; trustedProxy?: string; oidc?: string }

interface Access {
  tls?: { cert: string; key: string; clientCa?: string }
  proxies?: string[]
  oidc?: { name: string; issuer: string; clientId: string; clientSecret?: string; url: string; claim?: string }
}

const textIn = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    throw new Failure(EXIT.noInput, { zh: `不能读取 ${file}：${problem}`, en: `cannot read ${file}: ${problem}` })
  }
}

/** The text of a PEM file, if `understood` does not throw. */
const pemIn = (file: string, what: { zh: string; en: string }, understood: (pem: string) => unknown): string => {
  const pem = textIn(file)
  try {
    understood(pem)
    return pem
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    throw new Failure(EXIT.config, { zh: `${file} 不是${what.zh}（PEM）：${problem}`, en: `${file} holds no ${what.en} in PEM: ${problem}` })
  }
}

const CERTIFICATE = { zh: '证书', en: 'certificate' }
const PRIVATE_KEY = { zh: '没有口令的私钥', en: 'private key without a passphrase' }
const certificateIn = (file: string): string => pemIn(file, CERTIFICATE, (pem) => new X509Certificate(pem))

const tlsOf = ({ tlsCert, tlsKey, clientCa }: AccessOptions): Access['tls'] => {
  if (tlsCert === undefined && tlsKey === undefined && clientCa === undefined) return undefined
  if (tlsCert === undefined || tlsKey === undefined) {
    throw new Failure(EXIT.usage, { zh: '--tls-cert 和 --tls-key 要一起写；--client-ca 也需要它们', en: '--tls-cert and --tls-key go together, and --client-ca needs both' })
  }
  const cert = certificateIn(tlsCert)
  const key = pemIn(tlsKey, PRIVATE_KEY, createPrivateKey)
  if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) {
    throw new Failure(EXIT.config, { zh: `${tlsKey} 不是证书 ${tlsCert} 的私钥`, en: `${tlsKey} is not the key of the certificate in ${tlsCert}` })
  }
  return { cert, key, ...(clientCa === undefined ? {} : { clientCa: certificateIn(clientCa) }) }
}

const isNetwork = (text: string): boolean => {
  const [address = '', bits, ...more] = text.split('/')
  const kind = isIP(address)
  return kind !== 0 && more.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (kind === 4 ? 32 : 128)))
}

const proxiesOf = (text: string | undefined): string[] | undefined => {
  const proxies = text?.split(',').map((one) => one.trim())
  const wrong = proxies?.find((one) => !isNetwork(one))
  if (wrong !== undefined) throw new Failure(EXIT.usage, { zh: `代理写成 IP 地址或网段，用逗号分隔，而不是 ${wrong}`, en: `write proxies as IP addresses or networks, separated by commas, not ${wrong}` })
  return proxies
}

const OidcFile = z.strictObject({
  name: z.string().min(1).max(60),
  issuer: z.url({ protocol: /^https?$/ }),
  clientId: z.string().min(1),
  clientSecretFile: z.string().optional(),
  url: z.url({ protocol: /^https?$/ }),
  claim: z.string().optional(),
})

const oidcIn = (file: string): Access['oidc'] => {
  const text = textIn(file)
  const wrong = (problem: string): Failure => new Failure(EXIT.config, { zh: `${file} 里的登录设置不对：${problem}`, en: `the sign-in described in ${file} is not right: ${problem}` })
  let said: unknown
  try {
    said = parse(text)
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error))
  }
  const read = OidcFile.safeParse(said)
  if (!read.success) throw wrong(read.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; '))
  const { name, issuer, clientId, clientSecretFile, url, claim } = read.data
  const secret = clientSecretFile === undefined ? undefined : textIn(clientSecretFile).trim()
  if (secret === '') throw new Failure(EXIT.config, { zh: `${clientSecretFile} 是空的；请把客户端密钥写在里面`, en: `${clientSecretFile} is empty; write the client's secret there` })
  return { name, issuer, clientId, url, ...(secret === undefined ? {} : { clientSecret: secret }), ...(claim === undefined ? {} : { claim }) }
}

/** Reads what the options name. Throws a Failure: 64 for options that do not go together or are no addresses, 66 for files that cannot be read, 78 for what is wrong in them. */
export const accessOf = (options: AccessOptions): Access => {
  const tls = tlsOf(options)
  const proxies = proxiesOf(options.trustedProxy)
  const oidc = options.oidc === undefined ? undefined : oidcIn(options.oidc)
  return { ...(tls === undefined ? {} : { tls }), ...(proxies === undefined ? {} : { proxies }), ...(oidc === undefined ? {} : { oidc }) }
}
