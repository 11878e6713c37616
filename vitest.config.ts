import { defineConfig } from 'vitest/config'

const results = process.env.POSDIAG_TEST_RESULTS

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The hardware lab needs an emulator and a built agent, and has a command of its own.
    exclude: ['test/hardware/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Tests start servers, ptys and children; on a small machine more workers only make them wait for each other.
    maxWorkers: 2,
    reporters: results ? ['default', ['json', { outputFile: results }]] : ['default'],
  },
})
