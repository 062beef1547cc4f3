import type { Examined } from '../findings.ts';

interface BoundedRun {
  /** What a run did that had to stop early. */
  readonly stopped: { readonly moved: number; readonly remaining: number };
  /** What was left when the next ones had gone on. */
  readonly finished: { readonly moved: number; readonly remaining: number };
}

/** Invariant 13: a run that must stop early keeps what it did and leaves the rest to the next. */
export function checkBounded({ stopped, finished }: BoundedRun): Examined {
  const faults: string[] = [];
  if (stopped.moved === 0) faults.push('the run that was stopped kept no progress');
  if (stopped.remaining === 0) faults.push('a run with hardly any time left nothing over');
  if (finished.remaining > 0) faults.push(`${finished.remaining} sessions were never finished`);
  const looked = { 'run stopped early': 1, 'item moved': stopped.moved + finished.moved };
  return { invariant: 13, looked, faults };
}
