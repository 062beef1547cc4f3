import type { ContextAnswer, SummaryAnswer } from '../answers.ts';
import type { Client } from '../client.ts';
import type { Examined } from '../findings.ts';
import type { SentSession } from '../sent.ts';
import { itemFaults } from './history.ts';

/** Invariant 9 on a session's current summary; nothing where it has none. */
export async function checkSummary(
  client: Pick<Client, 'context' | 'originals' | 'coverage'>,
  sent: SentSession,
): Promise<Examined> {
  const { body: context } = await client.context(sent.name, {});
  const account = accountFaults(sent, context);
  const { summary } = context;
  if (!summary) return { invariant: 9, looked: {}, faults: account };
  const originals = await client.originals(summary.id);
  const coverage = await client.coverage(sent.name);
  const covered = coverage.ranges.filter(({ summarised }) => summarised);
  const isSame = covered.at(-1)?.toSeq === summary.toSeq && (covered[0]?.fromSeq ?? 1) === 1;
  const faults = [
    ...account,
    ...rangeFaults(
      sent,
      summary,
      originals.map(({ seq }) => seq),
    ),
    ...originals.flatMap((item) => itemFaults(sent, item)),
    ...(isSame ? [] : [`${sent.name.sessionId}: the coverage has another range than the summary`]),
  ];
  return { invariant: 9, looked: { summary: 1, original: originals.length }, faults };
}

/** Invariant 9 over time: no two summaries of a session stand for the same range. */
export function checkOneSummaryEach(
  summaries: readonly (Pick<SummaryAnswer, 'fromSeq' | 'toSeq'> & { readonly sessionId: string })[],
): Examined {
  const lastTo = new Map<string, number>();
  const faults: string[] = [];
  for (const { sessionId, fromSeq, toSeq } of summaries) {
    const before = lastTo.get(sessionId);
    if (before !== undefined && toSeq <= before)
      faults.push(`${sessionId}: two summaries of ${fromSeq}…${toSeq}`);
    lastTo.set(sessionId, toSeq);
  }
  return { invariant: 9, looked: { 'summary ever made': summaries.length }, faults };
}

function rangeFaults(sent: SentSession, summary: SummaryAnswer, seqs: readonly number[]): string[] {
  const { fromSeq, toSeq, text, tokens } = summary;
  const at = `${sent.name.sessionId}: summary of ${fromSeq}…${toSeq}`;
  const size = sent.items
    .filter(({ seq }) => seq >= fromSeq && seq <= toSeq)
    .reduce((sum, item) => sum + item.tokens, 0);
  const faults = text.trim() === '' ? [`${at} is empty`] : [];
  if (tokens >= size) faults.push(`${at} has ${tokens} tokens, its originals ${size}`);
  const isWhole =
    seqs.length === toSeq - fromSeq + 1 && seqs.every((seq, index) => seq === fromSeq + index);
  if (!isWhole) faults.push(`${at} opens to ${seqs.length} originals`);
  return faults;
}

/** Every item is in the context, or counted as summarised, or as uncovered. */
function accountFaults({ name, items }: SentSession, context: ContextAnswer): string[] {
  const { count, summarised, uncovered } = context.omitted ?? {};
  const kept = context.items?.length;
  if (kept + count === items.length && summarised + uncovered === count) return [];
  return [
    `${name.sessionId}: ${kept} kept, ${summarised} summarised and ${uncovered} uncovered of ${items.length}`,
  ];
}
