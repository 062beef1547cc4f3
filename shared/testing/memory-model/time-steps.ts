import fc from 'fast-check';
import { expect } from 'vitest';
import { DAY_MS, MINUTE_MS } from '../../kernel/clock.ts';
import { type Deadline, deadlineAfter } from '../../kernel/deadline.ts';
import { checkCoverage } from './checks.ts';
import type { Model, ModelWorld, Step } from './model-world.ts';
import type { PlainItem } from './plain-memory.ts';
import { label, onInstance, onSession, step, together } from './step.ts';

/** Due dates are whole minutes, and no two instants of a run are exactly days apart. */
const ODD_MS = 7 * MINUTE_MS;
/** Longer than a session is leased to a migration that was cut short. */
const LEASE_OVER_MS = 11 * MINUTE_MS;

/** Time that is up when it was asked for so many times. */
export function cutShort(questions: number): Deadline {
  let left = questions;
  const isNear = () => left-- <= 0;
  return { isNear, remainingMs: () => (left > 0 ? 1_000 : 0) };
}

/** What moves neither hot nor warm items any more, moves nothing the second time. */
const NOTHING = { hotToWarm: 0, warmToCold: 0, coldToWarm: 0, segmentsWritten: 0, remaining: 0 };

export const migrating: fc.Arbitrary<Step> = fc
  .record({
    place: onInstance,
    days: fc.constantFrom(0, 1, 8, 35),
    cutAfter: fc.option(fc.nat(6), { nil: undefined }),
    dryRun: fc.boolean(),
  })
  .map(({ place, days, cutAfter, dryRun }) =>
    step(`${days} days pass, migrate on ${place}, cut after ${cutAfter}`, async (model, world) => {
      const { clock, instances } = world;
      const { memory } = instances[place];
      clock.advance(days * DAY_MS + ODD_MS);
      model.plain.expire(clock.now());
      const deadline = deadlineAfter(60_000, clock);
      if (dryRun) await memory.migrateTiers({ dryRun, deadline });
      if (cutAfter !== undefined) {
        const other = instances[1 - place] ?? instances[0];
        await other.memory.migrateTiers({ dryRun: false, deadline: cutShort(cutAfter) });
        await checkCoverages(model, world);
        clock.advance(LEASE_OVER_MS);
        model.plain.expire(clock.now());
      }
      await migrateAll(model, world, place);
    }),
  );

async function migrateAll(model: Model, world: ModelWorld, place: 0 | 1): Promise<void> {
  const { memory } = world.instances[place];
  // Counts that the other instance holds back would move items once they are written down.
  await world.instances[1 - place]?.memory.flushAccesses();
  const migrate = () =>
    memory.migrateTiers({ dryRun: false, deadline: deadlineAfter(60_000, world.clock) });
  expect((await migrate()).remaining).toBe(0);
  if (!world.redis) expect(await migrate()).toMatchObject(NOTHING);
  for (const session of model.plain.sessions) {
    const tiers = await checkCoverage(world, place, session, session);
    for (const item of session.items) checkTier(world, item, tiers.get(item.seq));
  }
}

async function checkCoverages({ plain }: Model, world: ModelWorld): Promise<void> {
  for (const session of plain.sessions) await checkCoverage(world, 0, session, session);
}

/** By the defaults of the options: 7 and 30 days; 5 and 2 accesses, as often as it was read at most. */
function checkTier(
  { clock, redis }: ModelWorld,
  { createdAtMs, reads }: PlainItem,
  tier: string | undefined,
): void {
  const ageMs = clock.now() - createdAtMs;
  // An answer of Redis that came too late is counted again.
  const most = redis ? reads * 1_000 : reads;
  if (ageMs <= 7 * DAY_MS) expect(tier).toBe('hot');
  if (ageMs > 7 * DAY_MS + MINUTE_MS && most < 5) expect(tier).not.toBe('hot');
  if (ageMs > 30 * DAY_MS + MINUTE_MS && most < 2) expect(tier).toBe('cold');
}

export const summarising: fc.Arbitrary<Step> = fc.record({ name: onSession }).map(({ name }) =>
  step(`summarise ${label(name)} on both at once`, async (_model, { instances }) => {
    const outcomes = await together(instances.map(({ memory }) => memory.summarizeSession(name)));
    const made = outcomes.filter(({ status }) => status === 'committed');
    expect(made.length).toBeLessThanOrEqual(1);
  }),
);
