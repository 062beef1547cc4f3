import fc from 'fast-check';
import {
  answeringLate,
  appending,
  appendingAgain,
  callingTools,
  limitingRetention,
  reusingAKey,
} from './append-steps.ts';
import { deletingAnItem, deletingASession, erasingAUser, patching } from './change-steps.ts';
import { askingForContext } from './context-step.ts';
import { ingesting, ingestingAgain, redelivering } from './message-steps.ts';
import type { Step } from './model-world.ts';
import {
  readingAnItem,
  readingASummary,
  readingCoverage,
  readingHistory,
  readingOften,
} from './read-steps.ts';
import { migrating, summarising } from './time-steps.ts';
import { dying, flushing, losingRedis } from './trouble-steps.ts';
import { exporting, listing } from './user-steps.ts';
import { writingTogether } from './writers-step.ts';

const WEIGHTS: readonly (readonly [weight: number, step: fc.Arbitrary<Step>])[] = [
  [10, appending],
  [3, appendingAgain],
  [1, reusingAKey],
  [1, limitingRetention],
  [3, callingTools],
  [2, answeringLate],
  [4, readingHistory],
  [3, readingAnItem],
  [1, readingOften],
  [2, readingCoverage],
  [1, readingASummary],
  [1, listing],
  [1, exporting],
  [7, askingForContext],
  [4, migrating],
  [4, summarising],
  [2, redelivering],
  [2, ingesting],
  [2, ingestingAgain],
  [3, patching],
  [2, deletingAnItem],
  [1, deletingASession],
  [1, erasingAUser],
  [3, flushing],
  [1, dying],
  [3, writingTogether],
];

const LOSING_REDIS = 4;

/** Any command of the model, the ones that build up state more often than those that end it. */
export const anyStep = (hasRedis: boolean): fc.Arbitrary<Step> =>
  fc.oneof(
    ...WEIGHTS.map(([weight, arbitrary]) => ({ weight, arbitrary })),
    ...(hasRedis ? [{ weight: LOSING_REDIS, arbitrary: losingRedis }] : []),
  );
