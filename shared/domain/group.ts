import { CONTENT_TYPES, type Item, type ToolCall } from './item.ts';

/** Items that a provider accepts only together: a tool call with its results, or a single item. */
export interface Group<T extends Item = Item> {
  /** In seq order; the call of a tool group comes first. */
  readonly items: readonly T[];
  /** Calls that no result has answered, in the order of the call. */
  readonly unanswered: readonly ToolCall[];
}

export interface Grouping<T extends Item = Item> {
  /** In the order of their first seq. Two groups may interleave: a late result joins its call. */
  readonly groups: readonly Group<T>[];
  /** Results without an open call: no provider accepts them. */
  readonly orphans: readonly T[];
}

interface OpenGroup<T extends Item> {
  readonly items: T[];
  readonly unanswered: ToolCall[];
}

interface OpenCall<T extends Item> {
  readonly call: ToolCall;
  readonly group: OpenGroup<T>;
}

const NO_CALLS: readonly ToolCall[] = [];

/**
 * A result this far behind its call answers it, one farther behind is an orphan: so whether a result
 * has a call is known without reading the whole log.
 */
export const MAX_ANSWER_SEQS = 200;

/**
 * Groups items given in seq order, in linear time. A result answers the nearest earlier call of its
 * id that is still open, so ids may be used again. Calls and results of an id therefore pair up like
 * brackets: pairs found in any contiguous part of a log are the pairs of the whole log.
 */
export function groupItems<T extends Item>(items: readonly T[]): Grouping<T> {
  const groups: Group<T>[] = [];
  const orphans: T[] = [];
  const openById = new Map<string, OpenCall<T>[]>();
  for (const item of items) {
    if (item.contentType === CONTENT_TYPES.toolResult) {
      const calls = openById.get(item.toolCallId ?? '');
      const open = calls?.at(-1);
      if (open && isInReach(open, item)) {
        calls?.pop();
        answer(open, item);
      } else orphans.push(item);
    } else if (item.contentType === CONTENT_TYPES.toolCall && item.toolCalls?.length) {
      groups.push(openGroup(item, item.toolCalls, openById));
    } else {
      groups.push({ items: [item], unanswered: NO_CALLS });
    }
  }
  return { groups, orphans };
}

const isInReach = ({ group }: OpenCall<Item>, { seq }: Item): boolean =>
  seq - (group.items[0]?.seq ?? 0) <= MAX_ANSWER_SEQS;

function answer<T extends Item>({ call, group }: OpenCall<T>, result: T): void {
  group.items.push(result);
  group.unanswered.splice(group.unanswered.indexOf(call), 1);
}

function openGroup<T extends Item>(
  item: T,
  calls: readonly ToolCall[],
  openById: Map<string, OpenCall<T>[]>,
): OpenGroup<T> {
  const group: OpenGroup<T> = { items: [item], unanswered: [...calls] };
  // Backwards: of two calls with one id, the first result answers the first call.
  for (const call of calls.toReversed()) {
    const open = openById.get(call.id);
    if (open) open.push({ call, group });
    else openById.set(call.id, [{ call, group }]);
  }
  return group;
}
