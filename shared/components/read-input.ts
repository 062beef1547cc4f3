import { z } from 'zod';
import type { ContextQuery } from '../app/memory.ts';
import { assertItemCount, assertItemSize, assertUsable } from '../domain/append-limits.ts';
import { identifier, sessionFields } from '../domain/identifier.ts';
import type { SessionRef } from '../domain/ids.ts';
import { FORMATS, type ItemDraft, type MessageSource } from '../domain/item.ts';
import { itemFields, itemRules } from '../domain/item-fields.ts';
import { AppError, invalid } from '../kernel/app-error.ts';
import { dropAbsent } from '../kernel/drop-absent.ts';
import { parseStrictJson } from '../kernel/strict-json.ts';
import { validate } from '../kernel/validate.ts';
import { explained } from './refusal.ts';

const Session = z.strictObject(sessionFields);

const Draft = z
  .strictObject({
    ...itemFields,
    createdAtMs: z.number('must be a number of milliseconds').optional(),
    source: z.custom<MessageSource>().optional(),
  })
  .superRefine(itemRules);

const Query = z.strictObject({
  ...sessionFields,
  tokenBudget: z.int().min(1).max(10_000_000).optional(),
  maxItems: z.int().min(1).max(500).optional(),
  format: z.enum(['raw', ...FORMATS]).default('raw'),
  explain: z.boolean().default(false),
});

const Limit = z.object({ limit: z.int().min(1).optional() });

/** @throws AppError `invalid-argument` for ids that are none. */
export const readSession = ({ userId, sessionId }: SessionRef): SessionRef =>
  explained(() => validate(Session, { userId, sessionId }));

/** @throws AppError `invalid-argument` for an id that is none. */
export const readUserId = (userId: string): string =>
  explained(() => validate(z.object({ userId: identifier }), { userId })).userId;

/** @throws AppError `invalid-argument` for a number that is none. */
export const readLimit = (limit: number | undefined): number =>
  explained(() => validate(Limit, { limit })).limit ?? Number.POSITIVE_INFINITY;

/** @throws AppError `invalid-argument` that names the options. */
export const readQuery = (query: object): ContextQuery =>
  dropAbsent(explained(() => validate(Query, query)));

/**
 * Items as they will be stored and given back, by the rules that HTTP has.
 *
 * @param nowMs items from further ahead than five minutes are refused.
 * @throws AppError `invalid-argument` that names the fields; `payload-too-large` that names the item.
 */
export const readDrafts = (given: readonly ItemDraft[], nowMs: number): readonly ItemDraft[] =>
  explained(() => draftsOf(given, nowMs));

function draftsOf(given: readonly ItemDraft[], nowMs: number): readonly ItemDraft[] {
  assertItemCount(given.length, 'items');
  const { items } = validate(z.object({ items: z.array(Draft) }), asStored({ items: given }));
  const drafts = items.map(
    ({ content = '', ...item }): ItemDraft => dropAbsent({ ...item, content }),
  );
  drafts.forEach(assertItemSize);
  assertUsable(drafts, { nowMs, createdAt: 'createdAtMs' });
  return drafts;
}

/** What a store gives back: a date becomes text, half a surrogate pair or a bigint is refused. */
function asStored(given: object): unknown {
  try {
    return parseStrictJson(Buffer.from(JSON.stringify(given)));
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown;
    throw invalid([{ path: 'items', message: 'must be JSON' }]);
  }
}
