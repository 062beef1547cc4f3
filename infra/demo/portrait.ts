import type { ContextAnswer, CoverageAnswer, ItemAnswer } from './answers.ts';
import type { SentSession } from './sent.ts';
import type { Stage } from './stage.ts';

/** One session as it is at the end: its summary, opened, and where its seqs are. */
export interface Portrait {
  readonly sent: SentSession;
  readonly context: ContextAnswer;
  /** What the summary stands for, as its expansion gives it. */
  readonly originals: readonly ItemAnswer[];
  readonly coverage: CoverageAnswer;
}

/** The longest session that has a summary, else the longest one. */
export async function takePortrait(
  { client }: Stage,
  sessions: readonly SentSession[],
): Promise<Portrait | undefined> {
  let best: Portrait | undefined;
  const longestFirst = sessions.toSorted((a, b) => b.items.length - a.items.length);
  for (const sent of longestFirst.slice(0, 20)) {
    const { body: context } = await client.context(sent.name, {});
    const coverage = await client.coverage(sent.name);
    const { summary } = context;
    const originals = summary ? await client.originals(summary.id) : [];
    const portrait = { sent, context, originals, coverage };
    if (summary) return portrait;
    best ??= portrait;
  }
  return best;
}
