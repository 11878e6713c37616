import { defineConfig } from 'vitest/config'

const results = process.env.POSDIAG_HARDWARE_RESULTS

export default defineConfig({
  test: {
    include: ['test/hardware/*.test.ts'],
    // Ten times what it takes on two quiet processors.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // Two emulated machines side by side: each keeps one processor busy.
    maxWorkers: 2,
    reporters: results ? ['verbose', ['json', { outputFile: results }]] : ['verbose'],
  },
})
