import type { ItemDraft } from '../../shared/domain/item.ts';
import { AppError } from '../../shared/kernel/app-error.ts';
import { jsonBytes, utf8Bytes } from '../../shared/kernel/json.ts';

const KIB = 1_024;
const MAX_ITEMS = 500;
export const MAX_ITEM_BYTES = 256 * KIB;

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
