import type { FunctionName } from '../../shared/topology.ts';

const PUSH = {
  message: { data: 'e30=', messageId: 'm1', attributes: {} },
  subscription: 'projects/local/subscriptions/s',
};
const ITEM = { userId: 'u1', sessionId: 's1', content: 'x', contentType: 'user_message' };

/** A call for each function, and the status that shows that it runs by itself. */
export const CALLS: Readonly<Record<FunctionName, [string, string, object | undefined, number]>> = {
  'write-items': ['POST', '/', ITEM, 201],
  'read-items': ['GET', '/healthz', undefined, 200],
  'ingest-items': ['POST', '/', PUSH, 204],
  'migrate-tiers': ['POST', '/', {}, 200],
  'migrate-session': ['POST', '/', PUSH, 204],
  'summarize-session': ['POST', '/', PUSH, 204],
  'collect-metrics': ['POST', '/', {}, 200],
  'erase-user': ['POST', '/', { userId: 'u1' }, 200],
};
