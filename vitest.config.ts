import { resolve } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

const minute = 60_000

/** Projects that start processes: every file in a process of its own, and time for whole trainings. */
function processProject(name: string, include: string[], timeout = 2 * minute) {
  return {
    extends: true as const,
    test: { name, environment: 'node', include, testTimeout: timeout, hookTimeout: timeout, pool: 'forks' as const },
  }
}

export default defineConfig({
  plugins: [vue()],
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          environment: 'node',
          include: ['engine/**/*.test.ts', 'renderer/**/*.test.ts', 'electron/**/*.test.ts'],
          exclude: ['engine/**/*.runtime.test.ts'],
          // A process for each file takes twice as long as all that these tests do.
          isolate: false,
          // For a machine busy with other things: time decides no test.
          testTimeout: minute,
        },
      },
      {
        extends: true,
        test: {
          name: 'runtime',
          environment: 'node',
          include: ['engine/**/*.runtime.test.ts'],
          isolate: false,
          testTimeout: minute,
        },
      },
      processProject('engine', ['tests/engine/**/*.test.ts', 'tests/server/**/*.test.ts']),
      {
        ...processProject('electron', ['tests/electron/**/*.test.ts', 'tests/commands/**/*.test.ts']),
        resolve: { alias: { electron: resolve(import.meta.dirname, 'tests/electron/stand-in/electron.ts') } },
      },
      {
        extends: true,
        test: {
          name: 'app',
          environment: 'node',
          include: ['tests/app/**/*.test.ts'],
          testTimeout: 2 * minute,
          hookTimeout: 2 * minute,
          pool: 'forks',
          // One browser and one training at a time: two would only take the processor from each other.
          fileParallelism: false,
        },
      },
      processProject('evidence', ['tests/evidence/**/*.evidence.ts'], 60 * minute),
    ],
  },
})
