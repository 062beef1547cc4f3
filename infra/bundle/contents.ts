import type { FunctionName } from '../../shared/topology.ts';

/** What some functions alone can come to call. */
export interface Part {
  readonly functions: readonly FunctionName[];
  /** Modules that are imported dynamically; in another function's bundle one that throws stands there. */
  readonly modules?: readonly string[];
  /** Files that are read as they are, beside the code. */
  readonly files?: readonly string[];
  /** Packages that the platform installs beside the code. */
  readonly packages?: readonly string[];
}

export const PARTS: readonly Part[] = [
  // The model and its two SDKs.
  { functions: ['summarize-session'], modules: ['shared/components/open-gemini.ts'] },
  // Tokens are counted where items are written, contexts put together and summaries made.
  {
    functions: ['write-items', 'read-items', 'ingest-items', 'summarize-session'],
    files: ['shared/adapters/gemma/gemma3.vocab.zst', 'shared/adapters/gemma/NOTICE.md'],
    // 2.4 MB of tables for a counter that few choose, loaded by `require` at its first count.
    packages: ['gpt-tokenizer'],
  },
];

export const partsOf = (name: FunctionName): readonly Part[] =>
  PARTS.filter(({ functions }) => functions.includes(name));

/** Modules that `name` never calls. */
export const absentFrom = (name: FunctionName): readonly string[] =>
  PARTS.filter(({ functions }) => !functions.includes(name)).flatMap(({ modules = [] }) => modules);
