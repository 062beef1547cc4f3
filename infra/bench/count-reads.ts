import type { Firestore } from '@google-cloud/firestore';
import { recordCalls, type WireCall } from '../../shared/testing/wire-log.ts';

export interface ReadMeter {
  /** Documents read so far, as Firestore bills them. */
  documents(): number;
}

/** Counts what a client really reads, where it leaves for the network. */
export function countReads(firestore: Firestore): ReadMeter {
  const calls = recordCalls(firestore);
  return { documents: () => calls.reduce((sum, call) => sum + billed(call), 0) };
}

/**
 * A document that is not there costs a read, and a query that finds nothing too
 * (https://firebase.google.com/docs/firestore/pricing, 2026-11).
 */
function billed({ method, request, documents }: WireCall): number {
  if (method === 'batchGetDocuments') return request.documents?.length ?? 0;
  return method === 'runQuery' ? Math.max(1, documents) : 0;
}
