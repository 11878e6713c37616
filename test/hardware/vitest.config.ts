import { defineConfig } from 'vitest/config'

const results = process.env.POSDIAG_HARDWARE_RESULTS

export default defineConfig({
  test: {
    include: ['test/hardware/*.test.ts'],
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // One emulated machine at a time: each needs a processor of its own.
    maxWorkers: 1,
    reporters: results ? ['verbose', ['json', { outputFile: results }]] : ['verbose'],
  },
})
