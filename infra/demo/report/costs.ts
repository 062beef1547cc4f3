import type { Snapshot } from '../snapshot.ts';
import { brief, duration, percent, whole } from './figures.ts';
import { table } from './table.ts';

/** What a context costs at each age, on average. */
export function costsTable(snapshots: readonly Snapshot[]): string[] {
  const hasReads = snapshots.some(({ cost }) => cost.readsCached !== undefined);
  const head = ['', 'history', 'context', 'share', 'time'];
  const reads = ['reads', 'reads, no cache'];
  return table([
    hasReads ? [...head, ...reads] : head,
    ...snapshots.map(({ age, cost }) => {
      const { historyTokens, contextTokens, latencyMs, readsCached, readsUncached } = cost;
      const row = [
        age,
        `${whole(historyTokens)} tokens`,
        `${whole(contextTokens)} tokens`,
        percent(contextTokens, historyTokens),
        duration(latencyMs),
      ];
      return hasReads ? [...row, brief(readsCached ?? 0), brief(readsUncached ?? 0)] : row;
    }),
  ]);
}
