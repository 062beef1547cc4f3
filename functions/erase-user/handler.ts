import type { HttpFunction } from '@google-cloud/functions-framework';
import { z } from 'zod';
import { identifier } from '../../shared/domain/identifier.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { type Deadline, deadlineAfter } from '../../shared/kernel/deadline.ts';
import type { ErasureReceipt } from '../../shared/ports/erasure-store.ts';
import { instantText } from '../http/instant.ts';
import { type Answer, endpoint, httpFunction } from '../http/json-endpoint.ts';
import type { OpenRuntime } from '../runtime.ts';

/** Within the 60 seconds that a function has by default, with time left to answer. */
const BUDGET_MS = 45_000;

type Budget = () => Deadline;

const erase = (budget: Budget) =>
  endpoint({
    method: 'POST',
    path: '/',
    access: 'user-in-body',
    body: z.strictObject({ userId: identifier }),
    run: async ({ memory }, { body }) => answer(await memory.eraseUser(body.userId, budget())),
  });

/**
 * An erasure that was cut off, by its time budget or by a crash, goes on with whoever asks for its
 * receipt: it needs no queue that could lose it, and the one who waits for it drives it.
 */
const receipt = (budget: Budget) =>
  endpoint({
    method: 'GET',
    path: '/:receiptId',
    access: 'user-in-query',
    query: z.strictObject({ userId: identifier.optional() }),
    run: async ({ memory }, { params, query: { userId: owner } }) => {
      const receiptId = params['receiptId'] ?? '';
      const found = await memory.readReceipt(receiptId, owner);
      if (found.status === 'erased') return answer(found);
      return answer(await memory.eraseUser(found.userId, budget()));
    },
  });

function answer({ startedAtMs, completedAtMs, ...counts }: ErasureReceipt): Answer {
  return {
    status: counts.status === 'erased' ? 200 : 202,
    json: {
      ...counts,
      startedAt: instantText(startedAtMs),
      ...(completedAtMs !== undefined && { completedAt: instantText(completedAtMs) }),
    },
  };
}

/**
 * Erases all that is kept of one user, and tells with a receipt.
 *
 * @param budgetMs how long one call works on it, in milliseconds.
 */
export function eraseUser(open: OpenRuntime, budgetMs = BUDGET_MS): HttpFunction {
  const budget = () => deadlineAfter(budgetMs, systemClock);
  return httpFunction('erase-user', open, [erase(budget), receipt(budget)]);
}
