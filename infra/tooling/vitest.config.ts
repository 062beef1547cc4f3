import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('../../', import.meta.url));
const INTEGRATION = '**/*.int.test.ts';

/** Two projects: `unit` opens no socket and takes seconds, `int` starts real servers. */
export default defineConfig({
  root,
  resolve: { conditions: ['strata-source'] },
  ssr: { resolve: { conditions: ['strata-source'] } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // Nothing but the processor keeps these tests waiting: one file per core.
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
          include: ['{functions,shared,infra}/**/*.test.ts'],
          exclude: [INTEGRATION, '**/node_modules/**'],
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'int',
          // They mostly wait for servers.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          include: [`{functions,shared,infra}/${INTEGRATION}`],
          testTimeout: 180_000,
          hookTimeout: 60_000,
          // Tests that say so run side by side: as many as there are processors at least.
          maxConcurrency: 2,
        },
      },
    ],
  },
});
