import { expect, it } from 'vitest';
import { ingestItems } from './ingest-items/handler.ts';
import { migrateSession } from './migrate-session/handler.ts';
import type { OpenRuntime } from './runtime.ts';
import { summarizeSession } from './summarize-session/handler.ts';

const open: OpenRuntime = () => Promise.reject(new TypeError('is not opened here'));

it.each([
  ['ingest-items', ingestItems],
  ['migrate-session', migrateSession],
  ['summarize-session', summarizeSession],
])('%s takes exactly one parameter', (_name, make) => {
  expect(make(open)).toHaveLength(1);
});
