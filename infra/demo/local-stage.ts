import { rmSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../functions/config.ts';
import { openSqlite } from '../../shared/adapters/sqlite/open-sqlite.ts';
import { DATABASE_FILE } from '../../shared/components/embedded.ts';
import { tokenCounterFor } from '../../shared/components/token-counter-for.ts';
import type { Deadline } from '../../shared/kernel/deadline.ts';
import { ManualClock } from '../../shared/testing/manual-clock.ts';
import { type LocalStack, startLocal } from '../local/start-local.ts';
import { Client } from './client.ts';
import { countingStore, ReadCounter } from './counting-store.ts';
import { CallTimes, httpTransport } from './http-transport.ts';
import type { Inside, Stage } from './stage.ts';

/**
 * The checks read far more than an agent does, and what is read often stays hot. With this half-life
 * their reads are forgotten within days, and age decides, as it does in life.
 */
const ACCESS_HALF_LIFE_DAYS = 0.25;

interface LocalStageOptions {
  readonly startMs: number;
  /** Do not remove the data directory at the end. */
  readonly keep: boolean;
}

/** The whole system in this process, over HTTP, with a clock that stands still until it is moved. */
export async function openLocalStage({ startMs, keep }: LocalStageOptions): Promise<Stage> {
  const dataDir = await mkdtemp(join(tmpdir(), 'strata-demo-'));
  const clock = new ManualClock(startMs);
  const reads = new ReadCounter();
  const times = new CallTimes();
  const remove = () => rm(dataDir, { recursive: true, force: true });
  // Also when somebody does not wait for the end.
  if (!keep) process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }));
  const start = () => startStack(dataDir, clock, reads);
  let stack = await start().catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  const inside: Inside = {
    clock,
    reads,
    counter: tokenCounterFor('gemini'),
    dropCache: async () => stack.runtime.cache.clear(),
    async restart(whileBoth) {
      const first = stack;
      stack = await start();
      try {
        await whileBoth(new Client(httpTransport(() => first.url, times)));
      } finally {
        await first.close();
      }
    },
    async migrateBriefly(steps) {
      const { memory } = stack.runtime;
      const deadline = deadlineAfterSteps(steps);
      const report = await memory.migrateTiers({ dryRun: false, deadline });
      const { hotToWarm, warmToCold, remaining } = report;
      return { moved: hotToWarm + warmToCold, remaining };
    },
    readFiles: () => readFiles(dataDir),
  };
  return {
    title: 'the whole system in this process, over HTTP, with simulated time',
    remark: `Options: the defaults, but accessHalfLifeDays is ${ACCESS_HALF_LIFE_DAYS}: the checks read far more than an agent does.`,
    client: new Client(httpTransport(() => stack.url, times)),
    times,
    inside,
    settle: () => stack.runtime.bus.drain(),
    async close() {
      await stack.close();
      if (keep) return dataDir;
      await remove();
      return undefined;
    },
  };
}

function startStack(dataDir: string, clock: ManualClock, reads: ReadCounter): Promise<LocalStack> {
  const config = readConfig({
    STRATA_DATA_DIR: dataDir,
    STRATA_ACCESS_HALF_LIFE_DAYS: String(ACCESS_HALF_LIFE_DAYS),
    STRATA_LOG: 'error',
    PORT: '0',
  });
  const opened = openSqlite({ path: join(dataDir, DATABASE_FILE), clock });
  const stores = { ...opened, store: countingStore(opened.store, reads) };
  return startLocal({ config, clock, stores });
}

/** Time is up after so many times of asking: the same on every machine. */
function deadlineAfterSteps(steps: number): Deadline {
  let left = steps;
  const isNear = () => {
    left -= 1;
    return left < 0;
  };
  return { isNear, remainingMs: () => Math.max(0, left) };
}

async function readFiles(directory: string): Promise<readonly Buffer[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name))));
}
