import type { HttpFunction } from '@google-cloud/functions-framework';
import { z } from 'zod';
import { systemClock } from '../../shared/kernel/clock.ts';
import { deadlineAfter } from '../../shared/kernel/deadline.ts';
import { endpoint, httpFunction } from '../http/json-endpoint.ts';
import type { OpenRuntime } from '../runtime.ts';

const migrate = endpoint({
  method: 'POST',
  path: '/',
  access: 'scheduler',
  body: z.strictObject({ dryRun: z.boolean().default(false) }),
  mayBeEmpty: true, // A scheduler may post nothing at all.
  run: async ({ memory, options }, { body: { dryRun } }) => {
    // The budget is real time, also where a simulation moves the runtime's clock.
    const deadline = deadlineAfter(options.migrationBudgetMs, systemClock);
    return { status: 200, json: await memory.migrateTiers({ dryRun, deadline }) };
  },
});

/** Moves what is due to the tier where it belongs, as far as the time goes. */
export const migrateTiers = (open: OpenRuntime): HttpFunction =>
  httpFunction('migrate-tiers', open, [migrate]);
