import { describe, expect, it } from 'vitest';
import { jsonLogger } from '../../kernel/logger.ts';
import { startCloudProfiler } from './start-cloud-profiler.ts';

async function started(load?: () => Promise<unknown>): Promise<Record<string, unknown>[]> {
  const lines: string[] = [];
  const log = jsonLogger((line) => void lines.push(line));
  await startCloudProfiler({ projectId: 'p1', service: 'read-items', log, ...(load && { load }) });
  return lines.map((line) => JSON.parse(line));
}

describe('startCloudProfiler', () => {
  it('starts the package under the name of the service', async () => {
    const configs: unknown[] = [];
    const start = async (config: unknown) => void configs.push(config);
    // Both ways in which Node shows the exports of a CommonJS package.
    for (const module of [{ start }, { default: { start } }]) {
      expect(await started(async () => module)).toMatchObject([
        { severity: 'INFO', message: 'Cloud Profiler is started', service: 'read-items' },
      ]);
    }
    const config = {
      projectId: 'p1',
      serviceContext: { service: 'read-items' },
      disableSourceMaps: true,
    };
    expect(configs).toEqual([config, config]);
  });

  it('says how to install what is not there, and fails nothing', async () => {
    expect(await started()).toMatchObject([
      {
        severity: 'WARNING',
        message:
          'Cloud Profiler is not started: install it with "npm install @google-cloud/profiler"',
      },
    ]);
  });

  it('says how to build a native part that cannot be loaded', async () => {
    const dlopen = Object.assign(new Error('NODE_MODULE_VERSION 115'), {
      code: 'ERR_DLOPEN_FAILED',
    });
    const bindings = new Error('Could not locate the bindings file. Tried:');
    for (const failure of [dlopen, bindings]) {
      expect(await started(() => Promise.reject(failure))).toMatchObject([
        { severity: 'WARNING', message: expect.stringContaining('"npm rebuild pprof"') },
      ]);
    }
  });

  it.each([
    [
      'refuses to start',
      { start: () => Promise.reject(new Error('Project ID must be specified')) },
    ],
    [
      'throws at once',
      {
        start: () => {
          throw new Error('not this Node');
        },
      },
    ],
    ['is another package', { begin: 1 }],
  ])('fails nothing when the package %s', async (_what, module) => {
    expect(await started(async () => module)).toMatchObject([
      { severity: 'WARNING', message: 'Cloud Profiler is not started: see the error' },
    ]);
  });
});
