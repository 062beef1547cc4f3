import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { HotInstance, HotWorld } from '../testing/hot-world.ts';
import { randomFrom } from '../testing/random-from.ts';
import type { Embedded } from './embedded.ts';

const SESSION = { userId: 'u1', sessionId: 's1' };
const HANG_MS = 5_000;

async function append({ memory }: Embedded, content: string, session = SESSION): Promise<number> {
  const items = [{ content, contentType: 'user_message' }];
  const command = { ...session, items, startedAtMs: Date.now(), isEvent: false };
  return (await memory.append(command)).session.lastSeq;
}

/** Everything that a caller can ask of a session. How often an item was read may get lost. */
async function answersOf({ memory }: Embedded, session = SESSION) {
  const query = { ...session, format: 'openai', explain: true, tokenBudget: 100_000 } as const;
  const { items, ...context } = await memory.context(query);
  const page = await memory.history({ ...session, order: 'desc', limit: 40 });
  const said = ({ accessCount: _, ...item }: (typeof items)[number]) => item;
  return {
    context: { ...context, items: items.map(said) },
    history: page.items.map(said),
    coverage: await memory.coverage(session),
  };
}

/** Two instances that append and read in turns; every answer is compared with the reference's. */
class Talk {
  readonly instances: readonly [HotInstance, HotInstance];
  readonly #reference: Embedded;
  #turns = 0;

  private constructor(instances: readonly [HotInstance, HotInstance], reference: Embedded) {
    this.instances = instances;
    this.#reference = reference;
  }

  static async begin(world: HotWorld): Promise<Talk> {
    const instances = [await world.instance(), await world.instance()] as const;
    return new Talk(instances, await world.reference());
  }

  /** No write fails, and what is acknowledged is in every answer from then on. */
  async turn(): Promise<void> {
    const turn = ++this.#turns;
    const [one, two] = this.instances;
    const [writer, reader] = turn % 2 === 0 ? [one, two] : [two, one];
    expect(await append(writer, `Turn ${turn} costs ${turn}.50 EUR.`)).toBe(turn);
    if (turn % 30 === 0) await writer.memory.summarizeSession(SESSION);
    const expected = await answersOf(this.#reference);
    expect(expected.history[0]?.seq).toBe(turn);
    expect(await answersOf(reader)).toEqual(expected);
    expect(await answersOf(writer)).toEqual(expected);
  }

  async turns(count: number): Promise<void> {
    for (let left = count; left > 0; left--) await this.turn();
  }

  /** Redis is in use again: a context costs its one round trip, and no durable read. */
  async becomesHot(): Promise<void> {
    const [one] = this.instances;
    const query = { ...SESSION, format: 'raw', explain: false } as const;
    const cost = () => one.costOf(() => one.memory.context(query));
    await expect.poll(cost, { timeout: 10_000 }).toEqual({ roundTrips: 1, reads: 0 });
  }
}

/** What must hold whatever happens to Redis. Each durable store's test file calls this once. */
export function describeRedisOutages(name: string, newWorld: () => Promise<HotWorld>): void {
  describe(`a Redis that cannot be relied on, in front of ${name}`, () => {
    it('answers as without it when everything in it is lost at random moments', async () => {
      const world = await newWorld();
      const talk = await Talk.begin(world);
      const seed = randomInt(2 ** 31);
      const random = randomFrom(seed);
      let isOver = false;
      const flushing = (async () => {
        while (!isOver) {
          await world.redis.flush();
          await sleep(random.below(25));
        }
      })();
      try {
        await talk.turns(60);
      } catch (cause) {
        throw new Error(`with seed ${seed}`, { cause });
      } finally {
        isOver = true;
        await flushing;
      }
    });

    it('answers as without it while it hangs for five seconds, and uses it afterwards', async () => {
      const world = await newWorld();
      const talk = await Talk.begin(world);
      await talk.turns(10);
      await world.redis.hang();
      for (const endAtMs = Date.now() + HANG_MS; Date.now() < endAtMs; await sleep(100)) {
        await talk.turn();
      }
      expect(await talk.instances[0].health()).toMatchObject({
        status: 'degraded',
        stores: { durable: 'ok', hot: 'down' },
      });
      await world.redis.recover();
      await talk.turns(10);
      await talk.becomesHot();
    });

    it('answers as without it when it is killed and started again', async () => {
      const world = await newWorld();
      const talk = await Talk.begin(world);
      await talk.turns(15);
      await world.redis.kill();
      await talk.turns(15);
      await world.redis.recover();
      await talk.turns(15);
      await talk.becomesHot();
    });

    it.each(['allkeys-lru', 'noeviction'] as const)(
      'answers as without it when it is full, with the policy %s',
      async (maxMemoryPolicy) => {
        const world = await newWorld();
        const options = { maxMemoryMb: 2.5, maxMemoryPolicy };
        const instances = [await world.instance(options), await world.instance(options)] as const;
        const reference = await world.reference();
        const sessions = Array.from({ length: 40 }, (_, n) => ({ ...SESSION, sessionId: `s${n}` }));
        for (let turn = 0; turn < 4; turn++) {
          for (const [n, session] of sessions.entries()) {
            const [writer, reader] = (n + turn) % 2 === 0 ? instances : instances.toReversed();
            if (!writer || !reader) throw new TypeError('There are two instances');
            await append(writer, 'well '.repeat(3_000), session);
            const query = { ...session, format: 'raw', explain: false } as const;
            const { items } = await reader.memory.context({ ...query, tokenBudget: 100_000 });
            expect(items).toHaveLength(turn + 1);
          }
        }
        for (const session of sessions) {
          expect(await answersOf(instances[0], session)).toEqual(
            await answersOf(reference, session),
          );
        }
        const stats = await instances[0].metrics.collect();
        expect(stats.redis?.maxMemoryBytes).toBe(2_621_440);
        const info = await world.redis.control.info('stats');
        const evicted = Number(/evicted_keys:(\d+)/.exec(info)?.[1]);
        if (maxMemoryPolicy === 'allkeys-lru') expect(evicted).toBeGreaterThan(10);
        else expect(evicted).toBe(0);
      },
    );
  });
}
