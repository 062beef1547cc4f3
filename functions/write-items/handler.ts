import type { HttpFunction } from '@google-cloud/functions-framework';
import { z } from 'zod';
import { MAX_ITEM_BYTES } from '../../shared/domain/append-limits.ts';
import { identifier, sessionFields } from '../../shared/domain/identifier.ts';
import { jsonObject } from '../../shared/domain/item-fields.ts';
import { AppError } from '../../shared/kernel/app-error.ts';
import { dropAbsent } from '../../shared/kernel/drop-absent.ts';
import { jsonBytes } from '../../shared/kernel/json.ts';
import { readAppendRequest } from '../http/append-request.ts';
import { appendJson, itemJson } from '../http/item-json.ts';
import { endpoint, httpFunction } from '../http/json-endpoint.ts';
import type { OpenRuntime } from '../runtime.ts';

const Owner = z.strictObject({ userId: identifier.optional() });

const append = endpoint({
  method: 'POST',
  path: '/',
  access: 'user-in-body',
  body: z.unknown(),
  run: async ({ memory, clock }, { body, startedAtMs }) => {
    const request = readAppendRequest(body, clock.now());
    const result = await memory.append({ ...request, startedAtMs, isEvent: false });
    return { status: result.isReplay ? 200 : 201, json: appendJson(result) };
  },
});

const Patch = z.strictObject({ pinned: z.boolean().optional(), metadata: jsonObject.optional() });

const patch = endpoint({
  method: 'PATCH',
  path: '/:itemId',
  access: 'user-in-query',
  query: Owner,
  body: Patch,
  run: async ({ memory }, { params, query, body }) => {
    if (jsonBytes(body.metadata) > MAX_ITEM_BYTES) {
      const message = `has more than the ${MAX_ITEM_BYTES} bytes allowed`;
      throw new AppError('payload-too-large', 'The metadata is too large', {
        details: { violations: [{ path: 'metadata', message }] },
      });
    }
    const item = await memory.patchItem(params['itemId'] ?? '', dropAbsent(body), query.userId);
    return { status: 200, json: itemJson(item) };
  },
});

const deleteItem = endpoint({
  method: 'DELETE',
  path: '/:itemId',
  access: 'user-in-query',
  query: Owner,
  run: async ({ memory }, { params, query }) => {
    await memory.deleteItem(params['itemId'] ?? '', query.userId);
    return { status: 204 };
  },
});

const deleteSession = endpoint({
  method: 'DELETE',
  path: '/',
  access: 'user-in-query',
  query: z.strictObject(sessionFields),
  run: async ({ memory }, { query }) => {
    await memory.deleteSession(query);
    return { status: 204 };
  },
});

/** Appends, pins, annotates and deletes items. */
export const writeItems = (open: OpenRuntime): HttpFunction =>
  httpFunction('write-items', open, [append, patch, deleteItem, deleteSession]);
