import { AppError, invalid, type Violation } from '../kernel/app-error.ts';
import { MINUTE_MS } from '../kernel/clock.ts';
import { jsonBytes, utf8Bytes } from '../kernel/json.ts';
import type { ItemDraft } from './item.ts';

const KIB = 1_024;
const MAX_ITEMS = 500;
export const MAX_ITEM_BYTES = 256 * KIB;
const MAX_AHEAD_MS = 5 * MINUTE_MS;

/** @throws AppError `payload-too-large` past 500 items a request. */
export function assertItemCount(count: number, path: string): void {
  if (count <= MAX_ITEMS) return;
  throw new AppError('payload-too-large', `A request takes at most ${MAX_ITEMS} items`, {
    details: { violations: [{ path, message: `has ${count} items, ${MAX_ITEMS} are allowed` }] },
  });
}

/** @throws AppError `payload-too-large` that names the item, past 256 KiB. */
export function assertItemSize(item: ItemDraft, index: number): void {
  const sizeBytes = sizeOf(item);
  if (sizeBytes <= MAX_ITEM_BYTES) return;
  const message = `has ${sizeBytes} bytes, ${MAX_ITEM_BYTES} are allowed`;
  throw new AppError('payload-too-large', `Item ${index} is too large`, {
    details: { violations: [{ path: `items.${index}`, message }] },
  });
}

/** A kept original repeats the content, so the larger of the two counts. */
const sizeOf = ({ content, metadata, toolCalls, source }: ItemDraft): number =>
  Math.max(
    utf8Bytes(content) + jsonBytes(metadata) + jsonBytes(toolCalls),
    jsonBytes(source?.message),
  );

/**
 * What only shows between items, and beside the clock.
 *
 * @throws AppError `invalid-argument` for a key that is used twice, and for an instant more than five
 *   minutes ahead, under the name that the caller knows it by.
 */
export function assertUsable(
  items: readonly ItemDraft[],
  { nowMs, createdAt }: { readonly nowMs: number; readonly createdAt: string },
): void {
  const violations: Violation[] = [];
  const keys = new Set<string>();
  items.forEach(({ createdAtMs, idempotencyKey }, index) => {
    const at = (field: string) => `items.${index}.${field}`;
    if (createdAtMs !== undefined && createdAtMs > nowMs + MAX_AHEAD_MS) {
      const message = 'must not be more than 5 minutes in the future';
      violations.push({ path: at(createdAt), message });
    }
    if (idempotencyKey === undefined) return;
    if (keys.has(idempotencyKey))
      violations.push({ path: at('idempotencyKey'), message: 'is used twice in this request' });
    keys.add(idempotencyKey);
  });
  if (violations.length > 0) throw invalid(violations);
}
