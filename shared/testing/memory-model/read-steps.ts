import fc from 'fast-check';
import { expect } from 'vitest';
import { dropAbsent } from '../../kernel/drop-absent.ts';
import { allSeen, checkCoverage, seen } from './checks.ts';
import { strangeMarks } from './drafts.ts';
import type { Step } from './model-world.ts';
import { fails, label, onInstance, onSession, pick, same, step } from './step.ts';

export const readingHistory: fc.Arbitrary<Step> = fc
  .record({
    name: onSession,
    place: onInstance,
    order: fc.constantFrom('asc' as const, 'desc' as const),
    limit: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constant(500)),
  })
  .map(({ name, place, order, limit }) =>
    step(`history of ${label(name)} ${order} by ${limit} on ${place}`, async ({ plain }, world) => {
      const { memory } = world.instances[place];
      const left = [...plain.items(name)];
      if (order === 'desc') left.reverse();
      for (let fromSeq: number | undefined, isFirst = true; isFirst || fromSeq; isFirst = false) {
        const page = await memory.history({ ...name, order, limit, ...dropAbsent({ fromSeq }) });
        allSeen(world, name, left.splice(0, limit), page.items);
        // Where it begins may have been deleted: the next page shows that nothing is left out.
        expect(page.nextSeq === undefined).toBe(left.length === 0);
        fromSeq = page.nextSeq;
      }
    }),
  );

export const readingAnItem: fc.Arbitrary<Step> = fc
  .record({ name: onSession, place: onInstance, which: fc.nat() })
  .map(({ name, place, which }) =>
    step(`read item ${which} of ${label(name)} on ${place}`, async ({ plain }, world) => {
      const { memory } = world.instances[place];
      const item = pick(plain.items(name), which);
      if (!item) return;
      seen(world, name, item, await memory.readItem(item.id, name.userId));
      const others = memory.readItem(item.id, `${name.userId}x`);
      await fails(others, 'not-found');
    }),
  );

/** Read five times within an instant an item belongs into the hot tier, wherever it was. */
export const readingOften: fc.Arbitrary<Step> = fc
  .record({ name: onSession, place: onInstance, which: fc.nat() })
  .map(({ name, place, which }) =>
    step(`read item ${which} of ${label(name)} five times`, async ({ plain }, world) => {
      const { memory } = world.instances[place];
      const item = pick(plain.items(name), which);
      if (!item) return;
      for (let time = 0; time < 5; time++) {
        seen(world, name, item, await memory.readItem(item.id));
      }
      await memory.flushAccesses();
      const view = await memory.readItem(item.id);
      seen(world, name, item, view);
      // Through Redis counts come a second later, and only beside a head.
      if (world.redis) return;
      expect(view.accessCount).toBeGreaterThan(5);
      expect(view.tier).toBe('hot');
    }),
  );

export const readingCoverage: fc.Arbitrary<Step> = fc
  .record({ name: onSession, place: onInstance })
  .map(({ name, place }) =>
    step(`coverage of ${label(name)} on ${place}`, async ({ plain }, world) => {
      await checkCoverage(world, place, plain.session(name), name);
    }),
  );

export const readingASummary: fc.Arbitrary<Step> = fc
  .record({ name: onSession, place: onInstance, limit: fc.integer({ min: 1, max: 30 }) })
  .map(({ name, place, limit }) =>
    step(`originals of the summary of ${label(name)} by ${limit}`, async ({ plain }, world) => {
      const { memory } = world.instances[place];
      const session = plain.session(name);
      const summary = session?.summaries.at(-1);
      if (!session || !summary) return;
      const left = session.items.filter(({ seq }) => seq <= summary.toSeq);
      for (let fromSeq: number | undefined, isFirst = true; isFirst || fromSeq; isFirst = false) {
        const page = await memory.readSummary(summary.id, {
          ...{ expand: true, limit, owner: name.userId },
          ...dropAbsent({ fromSeq }),
        });
        expect(page.summary).toMatchObject(summary);
        same(strangeMarks(session, page), []);
        allSeen(world, name, left.splice(0, limit), page.items ?? []);
        fromSeq = page.nextSeq;
      }
      same(left, []);
    }),
  );
