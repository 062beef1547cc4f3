import type { ContextAnswer, CoverageAnswer } from './answers.ts';
import type { SentSession } from './sent.ts';
import type { Stage } from './stage.ts';

/** One session as it is at the end: its summary beside its sources, and where its seqs are. */
export interface Portrait {
  readonly sent: SentSession;
  readonly context: ContextAnswer;
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
    best ??= { sent, context, coverage };
    if (context.summary) return { sent, context, coverage };
  }
  return best;
}
