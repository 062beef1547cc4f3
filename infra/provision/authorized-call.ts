import type { JsonObject } from '../../shared/kernel/json.ts';
import { GRPC } from './cloud-error.ts';

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** The part of a client of google-auth-library that sends requests with credentials. */
export interface AuthorizedRequests {
  request<T>(options: {
    readonly url: string;
    readonly method: Method;
    readonly headers?: Readonly<Record<string, string>>;
    readonly data?: JsonObject;
    readonly responseType: 'json';
  }): Promise<{ readonly data: T }>;
}

/** Calls an API in JSON; its errors have the same codes as those of the other clients. */
export type Call = <T>(method: Method, url: string, data?: JsonObject) => Promise<T>;

export const callWith =
  (client: AuthorizedRequests): Call =>
  <T>(method: Method, url: string, data?: JsonObject) =>
    client
      .request<T>({ method, url, responseType: 'json', ...(data && { data }) })
      .then((answer) => answer.data, asGrpcError);

/** Says whose quota counts: some APIs refuse a person's credentials that don't. */
export const withQuotaOf = (projectId: string, client: AuthorizedRequests): AuthorizedRequests => ({
  request: (options) =>
    client.request({ ...options, headers: { 'x-goog-user-project': projectId } }),
});

const CODES: Readonly<Record<number, number>> = {
  400: GRPC.invalidArgument,
  401: GRPC.unauthenticated,
  403: GRPC.permissionDenied,
  404: GRPC.notFound,
  409: GRPC.aborted,
  429: GRPC.resourceExhausted,
  503: GRPC.unavailable,
};

/** The status by name, which the body of an answer has: 409 is the number of two. */
function nameOf(thrown: unknown): unknown {
  const at = (value: unknown, key: string): unknown =>
    typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  return ['response', 'data', 'error', 'status'].reduce(at, thrown);
}

function asGrpcError(thrown: unknown): never {
  const status = thrown instanceof Error && 'status' in thrown ? Number(thrown.status) : Number.NaN;
  const code = nameOf(thrown) === 'ALREADY_EXISTS' ? GRPC.alreadyExists : CODES[status];
  if (code === undefined) throw thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  throw Object.assign(new Error(text, { cause: thrown }), { code });
}
