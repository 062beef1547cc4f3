import type { PlainItem } from './plain-memory.ts';

/** Items that a provider takes only together, and results that it does not take at all. */
export interface PlainGroups {
  readonly groups: readonly (readonly PlainItem[])[];
  readonly orphans: ReadonlySet<number>;
}

/** A result farther behind its call answers nothing. */
const REACH_SEQS = 200;

export const isPinOrSystem = ({ isPinned, said }: PlainItem): boolean =>
  isPinned || said.contentType === 'system_message';

/** In this model every call has an id of its own, so that its first result is the only one. */
export function groupsOf(items: readonly PlainItem[]): PlainGroups {
  const groups: PlainItem[][] = [];
  const open = new Map<string, PlainItem[]>();
  const orphans = new Set<number>();
  for (const item of items) {
    const { contentType, toolCalls = [], toolCallId = '' } = item.said;
    if (contentType === 'tool_result') {
      const group = open.get(toolCallId);
      const reach = (group?.[0]?.seq ?? Number.NEGATIVE_INFINITY) + REACH_SEQS;
      if (group && item.seq <= reach) group.push(item);
      else orphans.add(item.seq);
      open.delete(toolCallId);
    } else {
      const group = [item];
      groups.push(group);
      for (const { id } of toolCalls) open.set(id, group);
    }
  }
  return { groups, orphans };
}

/** Calls that no result has answered. */
export function openCalls(items: readonly PlainItem[]): string[] {
  const answered = new Set(items.map(({ said }) => said.toolCallId));
  return items
    .flatMap(({ said }) => said.toolCalls ?? [])
    .map(({ id }) => id)
    .filter((id) => !answered.has(id));
}
