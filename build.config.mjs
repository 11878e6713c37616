// What `npm run build` makes: the bundled program (dist/*.js), HQ's page (dist/page) and the scenarios (dist/corpus.json.zst).
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { zstdCompressSync } from 'node:zlib'
import { rolldown } from 'rolldown'

rmSync('dist', { recursive: true, force: true })

// The catalogue is checked here, and published as what came out: no terminal need check it at every start. It is a file beside the
// program, since the text of a program stays in memory for as long as it runs.
const { written } = await import('./src/faults/read.ts')
const checkedCatalogue = {
  name: 'checked-catalogue',
  load: {
    filter: { id: /\/src\/faults\/read\.ts$/ },
    handler: () => "import { readFileSync } from 'node:fs'\nexport const written = JSON.parse(readFileSync(new URL('./catalogue.json', import.meta.url), 'utf8'))",
  },
}

const bundle = await rolldown({
  plugins: [checkedCatalogue],
  input: { posdiag: 'src/cli/cached.ts', 'check-child': 'src/cli/check-child.ts', 'reading-thread': 'src/hq/reading/program.ts' },
  platform: 'node',
  // Native code and what starts programs stays outside: it is loaded when a probe needs it. HQ's server too: no terminal loads it.
  external: ['serialport', 'node-hid', '@lydell/node-pty', 'systeminformation', 'ping', 'net-snmp', 'fastify', /^@fastify\//, 'fastify-type-provider-zod', 'kysely', /^kysely\//, 'pg', 'nodemailer', 'fast-xml-parser'],
})
await bundle.write({ dir: 'dist', format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js', minify: true, sourcemap: false })
await bundle.close()
writeFileSync('dist/catalogue.json', JSON.stringify(written))

if (existsSync('src/hq/page/index.html')) {
  const { build } = await import('vite')
  await build({ configFile: 'src/hq/page/vite.config.ts', logLevel: 'warn' })
}

// The scenarios that a knowledge pack is measured on: one file instead of hundreds, read in a tenth of the time.
const { keptScenarios, PACKED_CORPUS } = await import('./src/cli/score/corpus.ts')
writeFileSync(PACKED_CORPUS, zstdCompressSync(JSON.stringify(keptScenarios())))
