import { AppError } from '../../shared/kernel/app-error.ts';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** A method and a path inside one function, for example `/summaries/:summaryId`. */
export interface Endpoint {
  readonly method: Method;
  readonly path: string;
}

export interface Match<E extends Endpoint> {
  readonly endpoint: E;
  readonly params: Readonly<Record<string, string>>;
}

/**
 * The endpoint for a call: the first whose path fits, so list fixed paths before `/:itemId`.
 *
 * @throws AppError `not-found` when no path fits, `method-not-allowed` with `details.allow` when
 *   only the method doesn't.
 */
export function findEndpoint<E extends Endpoint>(
  endpoints: readonly E[],
  method: string,
  path: string,
): Match<E> {
  const segments = split(path);
  const fitting = endpoints.flatMap((endpoint) => {
    const params = matchPath(split(endpoint.path), segments);
    return params ? [{ endpoint, params }] : [];
  });
  const first = fitting[0];
  if (!first) throw new AppError('not-found', 'There is nothing at this path');
  // A fixed path hides `/:itemId`: `DELETE /history` is no deletion of an item called history.
  const candidates = fitting.filter(({ endpoint }) => endpoint.path === first.endpoint.path);
  // What GET answers, without the body, which Node leaves out by itself (RFC 9110, section 9.3.2).
  const asked = method === 'HEAD' ? 'GET' : method;
  const match = candidates.find(({ endpoint }) => endpoint.method === asked);
  if (match) return match;
  const allow = candidates.map(({ endpoint }) => endpoint.method);
  throw new AppError('method-not-allowed', `Use ${allow.join(' or ')} here`, {
    details: { allow },
  });
}

function matchPath(
  pattern: readonly string[],
  segments: readonly string[],
): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? '';
    if (part.startsWith(':')) params[part.slice(1)] = segment;
    else if (part !== segment) return undefined;
  }
  return params;
}

const split = (path: string): string[] => path.split('/').filter((segment) => segment !== '');

/**
 * Path and query of a call inside a function. Cloud Functions hands on the path without the
 * function's name; a function that runs alone is also called with it.
 *
 * @throws AppError `invalid-argument` on broken percent-encoding.
 */
export function splitUrl(url: string, functionName: string): { path: string; query: string } {
  const at = url.indexOf('?');
  const segments = (at < 0 ? url : url.slice(0, at)).split('/').map(decodeSegment);
  if (segments[1] === functionName) segments.splice(1, 1);
  // A decoded slash is part of a segment; no endpoint has a name with one.
  const path = segments.some((segment) => segment.includes('/')) ? '/%2F/' : segments.join('/');
  return { path, query: at < 0 ? '' : url.slice(at + 1) };
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new AppError('invalid-argument', 'The path is not valid percent-encoded UTF-8');
  }
}
