import type { Firestore } from '@google-cloud/firestore';
import { METRICS } from '../../domain/metrics/catalogue.ts';
import { FIRESTORE_USD, type FirestoreOperation } from '../../domain/metrics/prices.ts';
import type { Meter } from '../../ports/meter.ts';

/** The client's funnels to the network, which every call of whatever kind goes through. */
interface Transport {
  request(method: string, request: Commit, ...rest: unknown[]): Promise<unknown>;
  requestStream(...call: unknown[]): Promise<Answers>;
}

interface Commit {
  readonly writes?: readonly { readonly delete?: unknown }[] | null;
}

interface Answers {
  on(event: 'data', hear: (answer: Answer) => void): unknown;
  on(event: 'end', hear: () => void): unknown;
}

interface Answer {
  /** Of a query. */
  readonly document?: unknown;
  /** Of a read by name. */
  readonly found?: unknown;
  readonly missing?: unknown;
}

/**
 * Counts what Firestore bills from now on: every document read, also one that is not there, one read
 * for a query without a result, documents written and deleted by commits that took effect
 * (https://firebase.google.com/docs/firestore/pricing). An aggregation counts as one read; above
 * 1,000 index entries it costs more.
 *
 * The funnels are not in the client's types; the test fails when a version moves them. Where they are
 * missing nothing is counted, and nothing else changes.
 */
export function countOperations(firestore: Firestore, meter: Meter): void {
  const transport = firestore as unknown as Partial<Transport>;
  const { request, requestStream } = transport;
  if (typeof request !== 'function' || typeof requestStream !== 'function') return;
  const add = (operation: FirestoreOperation, by: number) => {
    if (by === 0) return;
    meter.count(METRICS.firestoreOperations, by, { operation });
    meter.count(METRICS.firestoreCost, by * FIRESTORE_USD[operation]);
  };
  transport.request = async (method, message, ...rest) => {
    const answer = await request.call(transport as Transport, method, message, ...rest);
    if (method === 'commit') {
      const writes = message.writes ?? [];
      const deletes = writes.filter((write) => 'delete' in write && write.delete).length;
      add('delete', deletes);
      add('write', writes.length - deletes);
    }
    return answer;
  };
  transport.requestStream = async (...call) => {
    const answers = await requestStream.apply(transport as Transport, call);
    let reads = 0;
    // The stream is paused: listening does not make it flow.
    answers.on('data', ({ document, found, missing }) => {
      if (document || found || missing) reads++;
    });
    answers.on('end', () => add('read', Math.max(1, reads)));
    return answers;
  };
}
