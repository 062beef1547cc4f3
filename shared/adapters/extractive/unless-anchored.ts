import type { Item } from '../../domain/item.ts';
import type { Candidate } from './candidates.ts';
import { sentencesOf } from './sentences.ts';

/**
 * The candidates without those that stand in the context anyhow, word for word: lines of an item that was
 * pinned since, and sentences that an anchor says too. All of them where nothing else is left: a summary is
 * never empty.
 */
export function unlessAnchored(
  candidates: readonly Candidate[],
  anchors: readonly Pick<Item, 'seq' | 'content'>[],
): readonly Candidate[] {
  if (anchors.length === 0) return candidates;
  const seqs = new Set(anchors.map(({ seq }) => seq));
  const said = new Set(anchors.flatMap(({ content }) => sentencesOf(content)));
  const others = candidates.filter(({ seq, text }) => !seqs.has(seq) && !said.has(text));
  return others.length > 0 ? others : candidates;
}
