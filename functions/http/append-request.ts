import { z } from 'zod';
import {
  assertItemCount,
  assertItemSize,
  assertUsable,
} from '../../shared/domain/append-limits.ts';
import { parseMessages } from '../../shared/domain/formats/parse.ts';
import { identifier, sessionFields } from '../../shared/domain/identifier.ts';
import type { SessionRef } from '../../shared/domain/ids.ts';
import { FORMATS, type ItemDraft } from '../../shared/domain/item.ts';
import { itemFields, itemRules, jsonObject } from '../../shared/domain/item-fields.ts';
import { MAX_RETENTION_DAYS } from '../../shared/domain/retention.ts';
import { invalid } from '../../shared/kernel/app-error.ts';
import { dropAbsent } from '../../shared/kernel/drop-absent.ts';
import { isJsonObject, type Json } from '../../shared/kernel/json.ts';
import { listOf } from '../../shared/kernel/list-of.ts';
import { validate } from '../../shared/kernel/validate.ts';
import { instant } from './fields.ts';

/** What an append request or event asks for. */
export interface AppendRequest extends SessionRef {
  readonly items: readonly ItemDraft[];
  readonly retentionDays?: number;
}

/** The session, and what is said about it as a whole. */
const target = {
  ...sessionFields,
  retentionDays: z.int().min(1).max(MAX_RETENTION_DAYS).optional(),
};

const fields = { ...itemFields, createdAt: instant.optional() };
const Item = z.strictObject(fields).superRefine(itemRules);
const FlatRequest = z.strictObject({ ...target, ...fields }).superRefine(itemRules);

const ItemsRequest = z.strictObject({
  ...target,
  items: listOf(Item, 'must have at least one item'),
  idempotencyKey: identifier.optional(),
});

const MessagesRequest = z.strictObject({
  ...target,
  format: z.enum(FORMATS),
  messages: listOf(jsonObject, 'must have at least one message'),
  /** System text, where the provider takes it beside the messages. */
  system: z.custom<Json>((value) => value !== null && value !== undefined, 'is empty').optional(),
  idempotencyKey: identifier.optional(),
  createdAt: instant.optional(),
});

/**
 * Reads the three forms of an append: `items`, one flat item, or provider `messages`.
 *
 * @param nowMs items from further ahead than five minutes are refused.
 * @throws AppError `invalid-argument` that names the fields; `payload-too-large` that names the item.
 */
export function readAppendRequest(body: unknown, nowMs: number): AppendRequest {
  const request = readForm(body);
  const label =
    isJsonObject(body) && ('format' in body || 'messages' in body) ? 'messages' : 'items';
  assertItemCount(request.items.length, label);
  request.items.forEach(assertItemSize);
  assertUsable(request.items, { nowMs, createdAt: 'createdAt' });
  return request;
}

function readForm(body: unknown): AppendRequest {
  if (!isJsonObject(body)) throw invalid([{ path: '', message: 'must be a JSON object' }]);
  if ('format' in body || 'messages' in body) return readMessages(body);
  return 'items' in body ? readItems(body) : readFlat(body);
}

function readItems(body: { readonly items?: unknown }): AppendRequest {
  if (Array.isArray(body.items)) assertItemCount(body.items.length, 'items');
  const { items, idempotencyKey, ...session } = validate(ItemsRequest, body);
  return dropAbsent({ ...session, items: withKeys(items.map(draftOf), idempotencyKey) });
}

function readFlat(body: unknown): AppendRequest {
  const { userId, sessionId, retentionDays, ...item } = validate(FlatRequest, body);
  return dropAbsent({ userId, sessionId, retentionDays, items: [draftOf(item)] });
}

function readMessages(body: { readonly messages?: unknown }): AppendRequest {
  if (Array.isArray(body.messages)) assertItemCount(body.messages.length, 'messages');
  const { format, messages, system, idempotencyKey, createdAt, ...session } = validate(
    MessagesRequest,
    body,
  );
  const drafts = parseMessages(format, messages, system);
  const dated = drafts.map((draft) => dropAbsent({ ...draft, createdAtMs: createdAt }));
  return dropAbsent({ ...session, items: withKeys(dated, idempotencyKey) });
}

const draftOf = ({ createdAt, content = '', ...item }: z.output<typeof Item>): ItemDraft =>
  dropAbsent({ ...item, content, createdAtMs: createdAt });

/** Items without a key of their own get one from the request's: the same request, the same keys. */
function withKeys(items: readonly ItemDraft[], key: string | undefined): readonly ItemDraft[] {
  if (key === undefined) return items;
  return items.map((item, index) => ({ idempotencyKey: `${key}/${index}`, ...item }));
}
