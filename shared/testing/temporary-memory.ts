import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { InProcessEventBus } from '../adapters/in-process/event-bus.ts';
import {
  type DurableStores,
  type Embedded,
  openEmbedded,
  openSystem,
} from '../components/embedded.ts';
import type { HotRedisAddress } from '../components/hot-redis.ts';
import type { ItemDraft } from '../domain/item.ts';
import type { Logger } from '../kernel/logger.ts';
import { StrataOptions, type StrataOptionsInput } from '../options.ts';
import type { Summarizer } from '../ports/summarizer.ts';
import type { TokenCounter } from '../ports/token-counter.ts';
import { ManualClock } from './manual-clock.ts';

interface TemporaryOptions {
  readonly options?: StrataOptionsInput;
  readonly clock?: ManualClock;
  readonly summarizer?: Summarizer;
  readonly counter?: TokenCounter;
  readonly log?: Logger;
  /** Opens another durable store than SQLite in the directory, once per instance. */
  readonly openStores?: (clock: ManualClock, dataDir: string) => DurableStores;
  /** The Redis of the hot tier, which all instances share. */
  readonly redis?: HotRedisAddress;
  /** Migrates as where other processes share the work. */
  readonly isShared?: boolean;
}

/** The embedded system on a directory of its own, with time that a test moves. */
export interface TemporaryMemory {
  readonly clock: ManualClock;
  readonly dataDir: string;
  /** The system as it is open now. */
  readonly system: Embedded;
  /** Another instance on the same directory, as another process would be. */
  open(): Promise<Embedded>;
  /** Gives the open instance up without closing it in order, and opens another. */
  crash(): Promise<Embedded>;
  append(sessionId: string, ...items: readonly (string | ItemDraft)[]): Promise<readonly string[]>;
  /** Closes every instance and removes the directory. */
  dispose(): Promise<void>;
}

export const USER = 'user-1';

/** For one test: it is disposed of when the test ends. */
export async function memoryOfTest(given: TemporaryOptions = {}): Promise<TemporaryMemory> {
  const temp = await temporaryMemory(given);
  onTestFinished(() => temp.dispose());
  return temp;
}

export async function temporaryMemory(given: TemporaryOptions = {}): Promise<TemporaryMemory> {
  const { clock = new ManualClock(), options, openStores, isShared = false, ...rest } = given;
  const dataDir = await mkdtemp(join(tmpdir(), 'strata-test-'));
  const opened: Embedded[] = [];
  const open = async () => {
    const parsed = StrataOptions.parse(options ?? {});
    const system = {
      ...{ options: parsed, dataDir, clock, ...rest },
      ...(openStores ? { stores: openStores(clock, dataDir) } : {}),
    };
    const embedded = isShared
      ? await openSystem({ ...system, isShared, openBus: (needs) => new InProcessEventBus(needs) })
      : await openEmbedded(system);
    opened.push(embedded);
    return embedded;
  };
  let system = await open();
  return {
    clock,
    dataDir,
    get system() {
      return system;
    },
    open,
    async crash() {
      system = await open();
      return system;
    },
    async append(sessionId, ...items) {
      const drafts = items.map((item) =>
        typeof item === 'string' ? { content: item, contentType: 'user_message' } : item,
      );
      const result = await system.memory.append({
        userId: USER,
        sessionId,
        items: drafts,
        startedAtMs: clock.now(),
        isEvent: false,
      });
      return result.items.map(({ id }) => id);
    },
    async dispose() {
      for (const one of opened) await one.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
