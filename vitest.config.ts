import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// The tests start the program some hundred times; Node need not compile it anew each time.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('.cache/compiled', import.meta.url))

const results = process.env.POSDIAG_TEST_RESULTS

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/built.ts',
    // The hardware lab needs an emulator and a built agent, and has a command of its own.
    exclude: ['test/hardware/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What a page or a server comes to show it shows when the machine has time for it.
    expect: { poll: { timeout: 20_000 } },
    // Tests start servers, ptys and children, and wait for them half of the time; yet more workers would only make them wait for each other.
    maxWorkers: 3,
    reporters: results ? ['default', ['json', { outputFile: results }]] : ['default'],
  },
})
