import { z } from 'zod';
import { sessionFields } from '../../shared/domain/identifier.ts';
import { sessionKeyOf } from '../../shared/domain/ids.ts';
import { dropAbsent } from '../../shared/kernel/drop-absent.ts';
import { DEFAULT_LIMIT, pageCursor, pageLimit } from '../http/fields.ts';
import { itemJson } from '../http/item-json.ts';
import { endpoint } from '../http/json-endpoint.ts';
import { readSeqCursor, seqPage } from './seq-page.ts';

const HistoryRequest = z.strictObject({
  ...sessionFields,
  limit: pageLimit,
  cursor: pageCursor,
  order: z.enum(['asc', 'desc']).default('asc'),
});

/** Every live item of a session, page by page. */
export const history = endpoint({
  method: 'GET',
  path: '/history',
  access: 'user-in-query',
  query: HistoryRequest,
  run: async (runtime, { query }) => {
    const { userId, sessionId, limit = DEFAULT_LIMIT, order, cursor } = query;
    const scope = ['history', sessionKeyOf(query), order] as const;
    const fromSeq = await readSeqCursor(runtime, scope, cursor);
    const page = await runtime.memory.history(
      dropAbsent({ userId, sessionId, limit, order, fromSeq }),
    );
    const items = page.items.map(itemJson);
    return { status: 200, json: { items, ...(await seqPage(runtime, scope, page.nextSeq)) } };
  },
});
