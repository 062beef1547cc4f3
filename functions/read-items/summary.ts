import { z } from 'zod';
import { identifier } from '../../shared/domain/identifier.ts';
import { dropAbsent } from '../../shared/kernel/drop-absent.ts';
import { DEFAULT_LIMIT, pageCursor, pageLimit } from '../http/fields.ts';
import { instantText } from '../http/instant.ts';
import { itemJson } from '../http/item-json.ts';
import { endpoint } from '../http/json-endpoint.ts';
import { queryBoolean } from '../http/query.ts';
import { readSeqCursor, seqPage } from './seq-page.ts';

const SummaryRequest = z.strictObject({
  userId: identifier.optional(),
  expand: queryBoolean.default(false),
  limit: pageLimit,
  cursor: pageCursor,
});

/** A summary, and on demand the originals that it stands for. */
export const summary = endpoint({
  method: 'GET',
  path: '/summaries/:summaryId',
  access: 'user-in-query',
  query: SummaryRequest,
  run: async (runtime, { params, query }) => {
    const { userId: owner, expand, limit = DEFAULT_LIMIT, cursor } = query;
    const id = params['summaryId'] ?? '';
    const scope = ['summary', id] as const;
    const fromSeq = await readSeqCursor(runtime, scope, cursor);
    const asked = dropAbsent({ expand, limit, fromSeq, owner });
    const page = await runtime.memory.readSummary(id, asked);
    const { createdAtMs, ...found } = page.summary;
    const json = { ...found, createdAt: instantText(createdAtMs) };
    if (!expand) return { status: 200, json };
    const items = (page.items ?? []).map(itemJson);
    const end = await seqPage(runtime, scope, page.nextSeq);
    return { status: 200, json: { ...json, items, ...end } };
  },
});
