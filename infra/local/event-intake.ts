import { type BodyRequest, readBody } from '../../functions/http/body.ts';
import { AppError, invalid } from '../../shared/kernel/app-error.ts';
import { isJsonObject, type JsonObject } from '../../shared/kernel/json.ts';
import { parseStrictJson } from '../../shared/kernel/strict-json.ts';

/** A Pub/Sub message has at most 10 MB of data (https://cloud.google.com/pubsub/quotas), in base64. */
const MAX_EVENT_BYTES = 14 * 1_048_576;

/**
 * Reads and checks the body of an event before the framework sees it: the framework answers what is
 * no event with a page of HTML and a stack. It finds the parsed body in `body` and reads no more.
 *
 * @throws AppError `invalid-argument` when the request is neither a CloudEvent nor a Pub/Sub push.
 */
export async function readEvent(request: BodyRequest & { body?: unknown }): Promise<void> {
  if (request.method !== 'POST')
    throw new AppError('method-not-allowed', 'Use POST here', { details: { allow: ['POST'] } });
  const rawBody = await readBody(request, { maxBytes: MAX_EVENT_BYTES });
  const body = parseStrictJson(rawBody);
  if (!isJsonObject(body) || !(isBinaryEvent(request) || isStructuredEvent(body) || isPush(body))) {
    const message = 'must be a CloudEvent or a Pub/Sub push body';
    throw invalid([{ path: '', message }]);
  }
  Object.assign(request, { rawBody, body });
}

const isBinaryEvent = ({ headers }: BodyRequest): boolean =>
  ['ce-type', 'ce-specversion', 'ce-source', 'ce-id'].every((name) => headers[name]);

const isStructuredEvent = (body: JsonObject): boolean =>
  ['type', 'specversion', 'source', 'id'].every((name) => typeof body[name] === 'string');

const isPush = (body: JsonObject): boolean => isJsonObject(body['message']);
