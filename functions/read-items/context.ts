import { z } from 'zod';
import { sessionFields } from '../../shared/domain/identifier.ts';
import { FORMATS } from '../../shared/domain/item.ts';
import { dropAbsent } from '../../shared/kernel/drop-absent.ts';
import { itemJson } from '../http/item-json.ts';
import { endpoint } from '../http/json-endpoint.ts';
import { queryBoolean, queryInt } from '../http/query.ts';

const ContextRequest = z.strictObject({
  ...sessionFields,
  tokenBudget: queryInt(1, 10_000_000).optional(),
  maxItems: queryInt(1, 500).optional(),
  format: z.enum(['raw', ...FORMATS]).default('raw'),
  explain: queryBoolean.default(false),
});

/** What an agent's next model call gets to see of a session. */
export const context = endpoint({
  method: 'GET',
  path: '/context',
  access: 'user-in-query',
  query: ContextRequest,
  run: async ({ memory }, { query }) => {
    const { items, ...result } = await memory.context(dropAbsent(query));
    return { status: 200, json: { ...result, items: items.map(itemJson) } };
  },
});
