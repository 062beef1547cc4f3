import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';

/** Why the process stood still for its memory. */
export const GC_KINDS = ['minor', 'major', 'incremental', 'weak-callbacks'] as const;
export type GcKind = (typeof GC_KINDS)[number];

export interface GcPause {
  readonly kind: GcKind;
  readonly ms: number;
}

const KINDS: ReadonlyMap<unknown, GcKind> = new Map([
  [constants.NODE_PERFORMANCE_GC_MINOR, 'minor'],
  [constants.NODE_PERFORMANCE_GC_MAJOR, 'major'],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental'],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, 'weak-callbacks'],
]);

export interface GcWatch {
  /** Hands on what is known already; Node tells of a pause some turns after it. */
  flush(): void;
  stop(): void;
}

/** Tells of every pause from now on; watching does not keep the process alive. */
export function watchGc(onPause: (pause: GcPause) => void): GcWatch {
  const tell = (entries: readonly PerformanceEntry[]) => {
    for (const entry of entries) {
      const kind = KINDS.get(kindOf(entry));
      if (kind) onPause({ kind, ms: entry.duration });
    }
  };
  const observer = new PerformanceObserver((list) => tell(list.getEntries()));
  observer.observe({ entryTypes: ['gc'] });
  return { flush: () => tell(observer.takeRecords()), stop: () => observer.disconnect() };
}

/** The detail of a `gc` entry holds its kind; the types of Node leave it open. */
const kindOf = ({ detail }: PerformanceEntry & { readonly detail?: unknown }): unknown =>
  typeof detail === 'object' && detail !== null && 'kind' in detail ? detail.kind : undefined;
