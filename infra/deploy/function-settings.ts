import type { FunctionName } from '../../shared/topology.ts';

/** How a function runs in the cloud. */
export interface FunctionSettings {
  readonly memoryMib: number;
  /** Requests that one instance works on at a time. */
  readonly concurrency: number;
  readonly maxInstances: number;
  readonly timeoutSeconds: number;
  /** `all`: reached from outside too, by who IAM lets through. */
  readonly ingress: 'all' | 'internal-only';
}

/** Called by agents: many short requests at a time. */
const CALLED: FunctionSettings = {
  memoryMib: 512,
  concurrency: 80,
  maxInstances: 100,
  timeoutSeconds: 60,
  ingress: 'all',
};
/** Driven by Pub/Sub: less time than the 600 s in which a message has to be acknowledged. */
const DRIVEN: FunctionSettings = {
  memoryMib: 512,
  concurrency: 10,
  maxInstances: 50,
  timeoutSeconds: 540,
  ingress: 'internal-only',
};
/** Called by the scheduler, one at a time. */
const SCHEDULED: FunctionSettings = {
  memoryMib: 512,
  concurrency: 1,
  maxInstances: 2,
  timeoutSeconds: 120,
  ingress: 'internal-only',
};

export const SETTINGS: Readonly<Record<FunctionName, FunctionSettings>> = {
  'write-items': CALLED,
  'read-items': CALLED,
  'erase-user': { ...CALLED, concurrency: 10, maxInstances: 10 },
  'ingest-items': DRIVEN,
  'migrate-session': DRIVEN,
  'summarize-session': DRIVEN,
  'migrate-tiers': SCHEDULED,
  'collect-metrics': SCHEDULED,
};
