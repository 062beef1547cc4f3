import type { HttpFunction } from '@google-cloud/functions-framework';
import { z } from 'zod';
import { identifier, sessionFields } from '../../shared/domain/identifier.ts';
import { itemJson } from '../http/item-json.ts';
import { endpoint, httpFunction } from '../http/json-endpoint.ts';
import type { OpenRuntime } from '../runtime.ts';
import { context } from './context.ts';
import { history } from './history.ts';
import { sessions } from './sessions.ts';
import { summary } from './summary.ts';

const Owner = z.strictObject({ userId: identifier.optional() });
const OfUser = z.strictObject({ userId: identifier });

const item = endpoint({
  method: 'GET',
  path: '/:itemId',
  access: 'user-in-query',
  query: Owner,
  run: async ({ memory }, { params, query }) => {
    const found = await memory.readItem(params['itemId'] ?? '', query.userId);
    return { status: 200, json: itemJson(found) };
  },
});

const coverage = endpoint({
  method: 'GET',
  path: '/coverage',
  access: 'user-in-query',
  query: z.strictObject(sessionFields),
  run: async ({ memory }, { query }) => ({ status: 200, json: await memory.coverage(query) }),
});

const exported = endpoint({
  method: 'GET',
  path: '/export',
  access: 'user-in-query',
  query: OfUser,
  run: async ({ memory }, { query }) => ({ status: 200, lines: memory.exportUser(query.userId) }),
});

const healthz = endpoint({
  method: 'GET',
  path: '/healthz',
  access: 'anyone',
  run: async (runtime) => {
    const health = await runtime.health();
    return { status: health.status === 'down' ? 503 : 200, json: health };
  },
});

/** Reads items, histories, contexts, summaries and what a user has. */
export const readItems = (open: OpenRuntime): HttpFunction =>
  httpFunction('read-items', open, [
    history,
    context,
    coverage,
    exported,
    sessions,
    healthz,
    summary,
    item,
  ]);
