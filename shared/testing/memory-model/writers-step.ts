import fc from 'fast-check';
import { expect } from 'vitest';
import { requestOf, takeIn } from './append-steps.ts';
import { checkCoverage } from './checks.ts';
import { mark } from './drafts.ts';
import type { Step } from './model-world.ts';
import { label, listen, onInstance, onSession, step, together } from './step.ts';

/** What runs beside the writers; none of it may change what they are answered. */
const DISTURBANCES = ['nothing', 'flush', 'migrate', 'summarise', 'lose Redis'] as const;

export const writingTogether: fc.Arbitrary<Step> = fc
  .record({
    name: onSession,
    writers: fc.array(
      fc.record({
        place: onInstance,
        count: fc.integer({ min: 1, max: 3 }),
        isTwice: fc.boolean(),
      }),
      { minLength: 2, maxLength: 5 },
    ),
    beside: fc.constantFrom(...DISTURBANCES),
  })
  .map(({ name, writers, beside }) =>
    step(
      `${writers.length} write to ${label(name)}, beside them: ${beside}`,
      async (model, world) => {
        const { instances, redis } = world;
        const [{ memory, cache }] = instances;
        const requests = writers.flatMap(({ place, count, isTwice }) => {
          const items = Array.from({ length: count }, () => ({
            content: `one of many ${mark(model.plain)}`,
            contentType: 'user_message',
            ...(isTwice ? { idempotencyKey: mark(model.plain) } : {}),
          }));
          const request = requestOf(name, items, world);
          return (isTwice ? [place, 1 - place] : [place]).map((at) => ({ request, at }));
        });
        const disturb = {
          nothing: async () => undefined,
          flush: async () => cache.clear(),
          migrate: () => memory.migrateSession(name, { isNear: () => false, remainingMs: () => 1 }),
          summarise: () => memory.summarizeSession(name),
          'lose Redis': async () => redis?.flush(),
        }[beside];
        const disturbed = disturb();
        const results = await together(
          requests.map(async ({ request, at }) => {
            const [mine, other] = at === 0 ? instances : [instances[1], instances[0]];
            const result = await mine.memory.append(request);
            // Acknowledged here, so seen there.
            const { lastSeq } = await other.memory.coverage(name);
            expect(lastSeq).toBeGreaterThanOrEqual(result.items.at(-1)?.seq ?? 0);
            return { request, result };
          }),
        );
        await disturbed;
        // In the order in which the system took them; of two equal ones the first one counts.
        const order = ({ result }: (typeof results)[number]) =>
          (result.items[0]?.seq ?? 0) + (result.isReplay ? 0.5 : 0);
        for (const { request, result } of results.toSorted((a, b) => order(a) - order(b))) {
          takeIn(model, world, request, result);
        }
        await listen(model, world);
        for (const place of [0, 1] as const) {
          await checkCoverage(world, place, model.plain.session(name), name);
        }
      },
    ),
  );
