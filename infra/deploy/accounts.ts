import type { FunctionName } from '../../shared/topology.ts';

/** A right of a function's service account, and what it is for. */
export interface Right {
  readonly role: string;
  readonly why: string;
}

const READS: Right = { role: 'roles/datastore.viewer', why: 'reads heads, items and segments' };
const WRITES: Right = { role: 'roles/datastore.user', why: 'reads and commits changes' };
const FORGETS: Right = {
  role: 'roles/datastore.user',
  why: 'reads, and deletes what it finds expired',
};
const PUBLISHES: Right = { role: 'roles/pubsub.publisher', why: 'announces facts, asks for work' };
const MEASURES: Right = { role: 'roles/monitoring.metricWriter', why: 'writes its figures' };
const ASKS_GEMINI: Right = { role: 'roles/aiplatform.user', why: 'asks Gemini for summaries' };

/** What each function may do in the project, and nothing more: one service account a function. */
export const RIGHTS: Readonly<Record<FunctionName, readonly Right[]>> = {
  'write-items': [WRITES, PUBLISHES, MEASURES],
  'read-items': [FORGETS, PUBLISHES, MEASURES],
  'ingest-items': [WRITES, PUBLISHES, MEASURES],
  'migrate-tiers': [WRITES, PUBLISHES, MEASURES],
  'migrate-session': [WRITES, PUBLISHES, MEASURES],
  'summarize-session': [WRITES, PUBLISHES, MEASURES, ASKS_GEMINI],
  'collect-metrics': [READS, PUBLISHES, MEASURES],
  'erase-user': [WRITES, PUBLISHES, MEASURES],
};

/** The account that a function runs as. Account names have at most 30 characters. */
export const accountOf = (name: FunctionName): string => `strata-${name}`;
