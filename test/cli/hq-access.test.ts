import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { accessOf } from '../../src/cli/hq-access.ts'

const TLS = join(import.meta.dirname, '../../fixtures/tls')
const folder = mkdtempSync(join(tmpdir(), 'posdiag-access-'))
afterAll(() => rmSync(folder, { recursive: true }))

const file = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
const tls = { tlsCert: join(TLS, 'valid.pem'), tlsKey: join(TLS, 'valid.key') }
const OIDC = 'name: Example ID\nissuer: https://id.example.com\nclientId: posdiag\nurl: https://hq.example.com\n'

it('reads certificates, proxies and the company sign-in', () => {
  expect(accessOf({})).toEqual({})
  expect(accessOf({ ...tls, clientCa: join(TLS, 'clients/ca.pem') }).tls).toEqual({ cert: readFileSync(tls.tlsCert, 'utf8'), key: readFileSync(tls.tlsKey, 'utf8'), clientCa: readFileSync(join(TLS, 'clients/ca.pem'), 'utf8') })
  expect(accessOf({ trustedProxy: '10.0.0.5, 192.168.0.0/16,2001:db8::/32' })).toEqual({ proxies: ['10.0.0.5', '192.168.0.0/16', '2001:db8::/32'] })
  const secret = file('secret', 's3cret\n')
  expect(accessOf({ oidc: file('oidc.yaml', `${OIDC}clientSecretFile: ${secret}\nclaim: preferred_username\n`) }).oidc).toEqual({
    name: 'Example ID', issuer: 'https://id.example.com', clientId: 'posdiag', url: 'https://hq.example.com', clientSecret: 's3cret', claim: 'preferred_username',
  })
})

it.each([
  ['half of a pair', { tlsCert: tls.tlsCert }, 64, '--tls-key'],
  ['an authority without a certificate', { clientCa: tls.tlsCert }, 64, '--client-ca'],
  ['a file that is not there', { ...tls, tlsKey: join(folder, 'none') }, 66, join(folder, 'none')],
  ['a key for a certificate', { ...tls, tlsCert: tls.tlsKey }, 78, 'certificate'],
  ['a certificate for a key', { ...tls, tlsKey: tls.tlsCert }, 78, 'private key'],
  ['the key of another certificate', { ...tls, tlsKey: join(TLS, 'expired.key') }, 78, 'is not the key'],
  ['a proxy by name', { trustedProxy: 'nginx' }, 64, 'nginx'],
  ['a network that is none', { trustedProxy: '10.0.0.0/33' }, 64, '10.0.0.0/33'],
  ['a sign-in without an issuer', { oidc: file('bare.yaml', 'name: x\n') }, 78, 'issuer'],
  ['a sign-in by another scheme', { oidc: file('ftp.yaml', OIDC.replace('https://id', 'ftp://id')) }, 78, 'issuer'],
  ['a sign-in that is not YAML', { oidc: file('bad.yaml', 'a: [') }, 78, 'bad.yaml'],
  ['an empty secret', { oidc: file('empty.yaml', `${OIDC}clientSecretFile: ${file('empty', '')}\n`) }, 78, 'is empty'],
])('refuses %s', (_what, options, code, message) => {
  expect(() => accessOf(options)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message), text: { zh: expect.stringMatching(/\p{Script=Han}/u), en: expect.any(String) } }))
})
