import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { openFirestore } from '../../shared/adapters/firestore/open-firestore.ts';
import { openEmbedded, type System } from '../../shared/components/embedded.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { StrataOptions } from '../../shared/options.ts';
import { type CloudWorkspace, withCloud } from './cloud-workspace.ts';
import { ratio, round } from './measure.ts';
import { draft, fill, USER } from './workspace.ts';

const SESSION = { userId: USER, sessionId: 's' };
const ITEMS_BEFORE = 50;
/** Longer than five timeouts, after which nobody waits for Redis any more but once a second. */
const OUTAGE_MS = 20_000;
const OPTIONS = StrataOptions.parse({});

/**
 * What an agent waits for while Redis hangs or is gone: contexts and appends, beside the same on an
 * instance that has no Redis and so reads the durable store once for every context.
 */
export async function redisOutage() {
  return withCloud(async (cloud) => {
    const plain = await withoutRedis(cloud);
    try {
      await fill(cloud.system, SESSION.sessionId, ITEMS_BEFORE);
      const talk = new Talk(cloud.system, plain);
      const up = await talk.goOn(OUTAGE_MS / 4);
      const pid = await pidOf(cloud.redis);
      // This client of the bench loses its server too; nothing is asked of it any more.
      cloud.redis.disconnect();
      process.kill(pid, 'SIGSTOP');
      const hangs = await talk.goOn(OUTAGE_MS);
      process.kill(pid, 'SIGCONT');
      await sleep(2_000);
      process.kill(pid, 'SIGKILL');
      const gone = await talk.goOn(OUTAGE_MS);
      return {
        'timeout of Redis, ms': OPTIONS.redisTimeoutMs,
        ...figuresOf('Redis is up', up),
        ...figuresOf('Redis hangs', hangs),
        ...figuresOf('Redis is gone', gone),
      };
    } finally {
      await plain.close();
    }
  });
}

function withoutRedis({ firestore }: CloudWorkspace): Promise<System> {
  return openEmbedded({
    options: OPTIONS,
    // Nothing is written there: the stores are given.
    dataDir: tmpdir(),
    stores: openFirestore({ firestore, clock: systemClock }),
  });
}

async function pidOf(redis: Redis): Promise<number> {
  return Number(/process_id:(\d+)/.exec(await redis.info('server'))?.[1]);
}

interface Times {
  readonly appends: number[];
  readonly reads: number[];
  /** The same contexts without Redis. */
  readonly durable: number[];
}

/** A conversation: an append, then a context, and the same context without Redis. */
class Talk {
  readonly #system: System;
  readonly #plain: System;
  #count = ITEMS_BEFORE;

  constructor(system: System, plain: System) {
    this.#system = system;
    this.#plain = plain;
  }

  async goOn(ms: number): Promise<Times> {
    const times: Times = { appends: [], reads: [], durable: [] };
    for (const endMs = performance.now() + ms; performance.now() < endMs; ) {
      times.appends.push(await timeOf(() => this.#append()));
      times.reads.push(await timeOf(() => this.#read(this.#system)));
      times.durable.push(await timeOf(() => this.#read(this.#plain)));
    }
    return times;
  }

  async #append(): Promise<void> {
    const items = [draft(this.#count++)];
    const command = { ...SESSION, items, startedAtMs: Date.now(), isEvent: false };
    const { session } = await this.#system.memory.append(command);
    if (session.lastSeq !== this.#count) throw new Error('The item is not there');
  }

  async #read({ memory }: System): Promise<void> {
    const query = { ...SESSION, format: 'raw', explain: false, maxItems: 15 } as const;
    const { items } = await memory.context(query);
    if (items.at(-1)?.seq !== this.#count) throw new Error('The context is not right');
  }
}

async function timeOf(step: () => Promise<void>): Promise<number> {
  const beforeMs = performance.now();
  await step();
  return performance.now() - beforeMs;
}

function figuresOf(when: string, { appends, reads, durable }: Times) {
  const bound = OPTIONS.redisTimeoutMs + percentile(durable, 0.99);
  return {
    [`${when}: contexts`]: reads.length,
    [`${when}: context, p50 ms`]: round(percentile(reads, 0.5)),
    [`${when}: context, p99 ms`]: round(percentile(reads, 0.99)),
    [`${when}: context, slowest ms`]: round(percentile(reads, 1)),
    [`${when}: context without Redis, p99 ms`]: round(percentile(durable, 0.99)),
    [`${when}: append, p99 ms`]: round(percentile(appends, 0.99)),
    [`${when}: p99 of a context over timeout and p99 of a durable read`]: ratio(
      percentile(reads, 0.99),
      bound,
    ),
  };
}

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? 0;
