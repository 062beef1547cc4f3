import fc from 'fast-check';
import type { Step } from './model-world.ts';
import { onInstance, step } from './step.ts';

export const flushing: fc.Arbitrary<Step> = onInstance.map((place) =>
  step(`flush the cache of ${place}`, async (_model, { instances }) => {
    await instances[place].cache.clear();
  }),
);

export const dying: fc.Arbitrary<Step> = onInstance.map((place) =>
  step(`instance ${place} dies and comes back`, (_model, world) => world.restart(place)),
);

export const losingRedis: fc.Arbitrary<Step> = fc
  .oneof(
    { weight: 5, arbitrary: fc.constant('flush' as const) },
    { weight: 2, arbitrary: fc.constantFrom('hang' as const, 'kill' as const) },
    { weight: 3, arbitrary: fc.constantFrom('recover' as const, 'disconnect' as const) },
  )
  .map((trouble) =>
    step(`Redis: ${trouble}`, async (_model, { redis }) => {
      await redis?.[trouble]();
    }),
  );
