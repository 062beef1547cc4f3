import type { HttpFunction, Response } from '@google-cloud/functions-framework';
import { z } from 'zod';
import { METRICS } from '../../shared/domain/metrics/catalogue.ts';
import { monotonicMs, sinceMs } from '../../shared/kernel/clock.ts';
import { inLogScope } from '../../shared/kernel/log-scope.ts';
import { validate } from '../../shared/kernel/validate.ts';
import type { FunctionName } from '../../shared/topology.ts';
import { assertMayCall, bodyBoundTo, boundTo } from '../identity/access.ts';
import type { Access, Caller } from '../identity/caller.ts';
import type { OpenRuntime, Runtime } from '../runtime.ts';
import { type BodyRequest, readBody, readJson } from './body.ts';
import { framingOf, takeBodies, urlOf } from './intake.ts';
import { keepToRate } from './keep-to-rate.ts';
import { type Hold, Load, type Share } from './load.ts';
import { parseQuery } from './query.ts';
import { type Endpoint, findEndpoint, splitUrl } from './router.ts';
import { JSON_TYPE, sendProblem, sendText } from './send.ts';
import { sendLines } from './send-lines.ts';
import { traceOfHeaders } from './trace-of-headers.ts';

/** What an endpoint answers: a JSON body, a text, lines, or nothing. */
export type Answer =
  | { readonly status: number; readonly json: unknown }
  | { readonly status: number; readonly text: string; readonly type: string }
  | { readonly status: 200; readonly lines: AsyncIterable<unknown> }
  | { readonly status: 204 };

export interface Call<Query, Body> {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: Body;
  /** When the request came in, in Unix milliseconds of the runtime's clock. */
  readonly startedAtMs: number;
}

/** An endpoint whose caller and input are checked before it runs. */
export interface JsonEndpoint extends Endpoint {
  readonly access: Access;
  readonly answer: (runtime: Runtime, raw: RawCall) => Promise<Answer>;
}

interface RawCall {
  readonly request: BodyRequest;
  readonly params: Readonly<Record<string, string>>;
  readonly query: string;
  readonly caller: Caller;
  /** Takes bytes of the body into account. */
  readonly hold: Hold;
}

interface EndpointOptions<Query extends z.ZodType, Body extends z.ZodType> extends Endpoint {
  /** Who may call, and where the call says whose data it is about. */
  readonly access: Access;
  /** Absent: no query parameter is taken. */
  readonly query?: Query;
  /** Absent: the body, if any, is not read. */
  readonly body?: Body;
  /** An empty body stands for `{}`. */
  readonly mayBeEmpty?: boolean;
  readonly run: (runtime: Runtime, call: Call<z.output<Query>, z.output<Body>>) => Promise<Answer>;
}

const NOTHING = z.strictObject({});

/** Ties schemas to a use case: strict input, then `run`. */
export function endpoint<
  Query extends z.ZodType = typeof NOTHING,
  Body extends z.ZodType = z.ZodUndefined,
>(options: EndpointOptions<Query, Body>): JsonEndpoint {
  const { method, path, access, query = NOTHING, body, mayBeEmpty = false, run } = options;
  return {
    ...{ method, path, access },
    // Promises are dear under the framework, which runs handlers inside node:domain:
    // without a body, the use case's own is the only one.
    answer: (runtime, { request, params, query: text, caller, hold }) => {
      assertMayCall(access, caller);
      const startedAtMs = runtime.clock.now();
      const sentQuery = parseQuery(text);
      // The default stands in exactly where the type parameter has its own.
      const asked = validate(
        query,
        access === 'user-in-query' ? boundTo(caller, sentQuery) : sentQuery,
      ) as z.output<Query>;
      const answer = (sent: z.output<Body>) =>
        run(runtime, { params, query: asked, body: sent, startedAtMs });
      if (!body) return answer(undefined as z.output<Body>);
      const bound = access === 'user-in-body' ? bodyBoundTo : (_: Caller, sent: unknown) => sent;
      return bodyOf(request, mayBeEmpty, hold).then((sent) =>
        answer(validate(body, bound(caller, sent))),
      );
    },
  };
}

async function bodyOf(request: BodyRequest, mayBeEmpty: boolean, hold: Hold): Promise<unknown> {
  if (mayBeEmpty && !request.rawBody?.length) {
    if (!framingOf(request).hasBody) return {};
    if (framingOf(request).contentLength === undefined) {
      const rawBody = await readBody(request, { hold });
      return rawBody.length === 0 ? {} : readJson(Object.assign(request, { rawBody }), hold);
    }
  }
  return readJson(request, hold);
}

/** All HTTP functions of this process share its memory. */
const LOAD = new Load();
/** Of what is for anyone: how the service is doing must be told also when it has enough to do. */
const FREE: Share = { hold: () => undefined, release: () => undefined };

/** An HTTP function of several endpoints. The only place that sets a status. */
export function httpFunction(
  name: FunctionName,
  open: OpenRuntime,
  endpoints: readonly JsonEndpoint[],
): HttpFunction {
  takeBodies();
  const labels = { function: name };
  const handle: HttpFunction = async (req, res) => {
    let runtime: Runtime | undefined;
    let share = FREE;
    const startedAtMs = monotonicMs();
    try {
      const opening = open();
      runtime = opening instanceof Promise ? await opening : opening;
      // The call that opened waited enough, and there is nothing to tell yet. What collects takes a
      // sample itself, of more than a process.
      const isOpening = opening instanceof Promise || name === 'collect-metrics';
      const polled = isOpening ? undefined : runtime.metrics.poll();
      const { path, query } = splitUrl(urlOf(req), name);
      const { endpoint, params } = findEndpoint(endpoints, req.method, path);
      if (endpoint.access !== 'anyone') share = LOAD.begin();
      const calling = runtime.identity.callerOf(req);
      const caller = calling instanceof Promise ? await calling : calling;
      const waiting = keepToRate(runtime, caller);
      if (waiting) await waiting;
      const call = { request: req, params, query, caller, hold: share.hold };
      const answer = await endpoint.answer(runtime, call);
      // Nothing may run after the answer: the platform takes the processor away.
      if (polled) await polled;
      const sending = send(res, answer);
      if (sending) await sending;
    } catch (thrown) {
      sendProblem(res, thrown, runtime?.log);
    } finally {
      share.release();
    }
    if (!runtime) return;
    const { meter, log } = runtime;
    const { statusCode: status } = res;
    const tookMs = sinceMs(startedAtMs);
    meter.count(METRICS.requests, 1, { ...labels, status: String(status) });
    if (status >= 500) meter.count(METRICS.requestErrors, 1, labels);
    meter.observe(METRICS.requestDuration, tookMs, labels);
    log.info('Call handled', { method: req.method, status, tookMs });
  };
  return (req, res) => {
    const trace = traceOfHeaders(req.headers);
    return inLogScope({ labels, ...(trace && { trace }) }, () => handle(req, res));
  };
}

function send(res: Response, answer: Answer): Promise<void> | undefined {
  if ('lines' in answer) return sendLines(res, answer.lines);
  if ('json' in answer) sendText(res, answer.status, JSON.stringify(answer.json), JSON_TYPE);
  else if ('text' in answer) sendText(res, answer.status, answer.text, answer.type);
  else res.writeHead(answer.status).end();
  return undefined;
}
