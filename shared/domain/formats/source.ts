import type { JsonObject } from '../../kernel/json.ts';
import type { Format, ItemDraft, MessageSource } from '../item.ts';
import { sameJson } from './same-json.ts';

/** The part of an item that a provider message is made from. */
export type MessageFields = Pick<
  ItemDraft,
  'content' | 'contentType' | 'toolCalls' | 'toolCallId' | 'source'
>;

interface Origin {
  readonly format: Format;
  readonly message: JsonObject;
  readonly part?: MessageSource['part'];
  /** Makes the message again from the item's own fields. */
  readonly rebuild: (item: MessageFields) => JsonObject;
}

/** Notes where an item came from, with the message only where its own fields can't rebuild it. */
export function withSource(
  draft: Omit<ItemDraft, 'source'>,
  { format, message, part, rebuild }: Origin,
): ItemDraft {
  const source: MessageSource = part ? { format, part } : { format };
  return sameJson(rebuild({ ...draft, source }), message)
    ? { ...draft, source }
    : { ...draft, source: { ...source, message } };
}

export const isFrom = (format: Format, { source }: Pick<ItemDraft, 'source'>): boolean =>
  source?.format === format;

/** The message in its own format; elsewhere, and for items appended raw, `undefined`. */
export function originalOf(
  format: Format,
  item: MessageFields,
  rebuild: (item: MessageFields) => JsonObject,
): JsonObject | undefined {
  if (!isFrom(format, item)) return undefined;
  return item.source?.message ?? rebuild(item);
}
