import { canonicalJson } from '../../../shared/kernel/json.ts';
import type { ItemAnswer } from '../answers.ts';
import { callsOf, contentTypeOf, type SentItem, type SentSession, textOf } from '../sent.ts';

/** Where a history is not exactly what was acknowledged: every seq once, in order, as it was sent. */
export function historyFaults(sent: SentSession, items: readonly ItemAnswer[]): string[] {
  return [...seqFaults(sent, items), ...items.flatMap((item) => itemFaults(sent, item))];
}

/** Where a history does not list every acknowledged seq exactly once. */
export function seqFaults({ name, lastSeq }: SentSession, items: readonly ItemAnswer[]): string[] {
  const times = new Map<number, number>();
  for (const { seq } of items) times.set(seq, (times.get(seq) ?? 0) + 1);
  const faults: string[] = [];
  for (let seq = 1; seq <= lastSeq; seq++) {
    const count = times.get(seq) ?? 0;
    if (count !== 1) faults.push(`${name.sessionId}: seq ${seq} is listed ${count} times`);
    times.delete(seq);
  }
  for (const seq of times.keys()) faults.push(`${name.sessionId}: seq ${seq} was never sent`);
  return faults;
}

/** Where an item differs from the message that was sent for it. */
export function itemFaults(sent: SentSession, item: ItemAnswer): string[] {
  const original = sent.bySeq(item.seq);
  const at = `${sent.name.sessionId}: seq ${item.seq}`;
  if (!original) return [`${at} was never sent`];
  return differences(original, item).map((field) => `${at} has another ${field}`);
}

function differences({ id, tokens, createdAt, message }: SentItem, item: ItemAnswer): string[] {
  const text = textOf(message);
  const type = contentTypeOf(message);
  const calls = callsOf(message);
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['id', id, item.id],
    ['token count', tokens, item.tokens],
    ['createdAt', createdAt, item.createdAt],
    ['content', text ?? item.content, item.content],
    ['contentType', type ?? item.contentType, item.contentType],
    ['toolCallId', message['tool_call_id'], item.toolCallId],
    ['toolCalls', calls, item.toolCalls ?? []],
  ];
  return pairs
    .filter(([, was, is]) => canonicalJson(was ?? null) !== canonicalJson(is ?? null))
    .map(([field]) => field);
}
