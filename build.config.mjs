// What `npm run build` makes: the bundled program (dist/*.js) and HQ's page (dist/page).
import { existsSync, rmSync } from 'node:fs'
import { rolldown } from 'rolldown'

rmSync('dist', { recursive: true, force: true })

const bundle = await rolldown({
  input: { posdiag: 'src/cli/cached.ts', 'check-child': 'src/cli/check-child.ts' },
  platform: 'node',
  // Native code and what starts programs stays outside: it is loaded when a probe needs it. HQ's server too: no terminal loads it.
  external: ['serialport', 'node-hid', '@lydell/node-pty', 'systeminformation', 'ping', 'net-snmp', 'fastify', /^@fastify\//, 'fastify-type-provider-zod', 'kysely', /^kysely\//, 'pg', 'nodemailer', 'fast-xml-parser'],
})
await bundle.write({ dir: 'dist', format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js', minify: true, sourcemap: false })
await bundle.close()

if (existsSync('src/hq/page/index.html')) {
  const { build } = await import('vite')
  await build({ configFile: 'src/hq/page/vite.config.ts', logLevel: 'warn' })
}
