import { performance } from 'node:perf_hooks';
import type { Transport } from './client.ts';
import { DemoError } from './demo-error.ts';

/** Longer than any function may take: a large erasure or migration has 50 s. */
const ANSWER_MS = 60_000;

/** Calls by function and method, with how long each took. */
export class CallTimes {
  readonly #durationsMs = new Map<string, number[]>();

  add(name: string, durationMs: number): void {
    const durations = this.#durationsMs.get(name);
    if (durations) durations.push(durationMs);
    else this.#durationsMs.set(name, [durationMs]);
  }

  /** By name, the most calls first. */
  all(): readonly { readonly name: string; readonly durationsMs: readonly number[] }[] {
    return [...this.#durationsMs]
      .map(([name, durationsMs]) => ({ name, durationsMs }))
      .sort((a, b) => b.durationsMs.length - a.durationsMs.length);
  }
}

/** Calls over HTTP to wherever `url` says now: a restarted system has another port. */
export const httpTransport =
  (url: () => string, times: CallTimes): Transport =>
  async ({ method, path, body }) => {
    const startedAtMs = performance.now();
    const response = await fetch(`${url()}${path}`, {
      method,
      signal: AbortSignal.timeout(ANSWER_MS),
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    }).catch((cause: unknown) => {
      const isLate = cause instanceof Error && cause.name === 'TimeoutError';
      const what = isLate ? `No answer within ${ANSWER_MS / 1_000} s from` : 'Nothing answers at';
      throw new DemoError(`${what} ${url()}`, { cause });
    });
    const text = await response.text();
    times.add(nameOf(method, path), performance.now() - startedAtMs);
    return { status: response.status, body: parse(text) };
  };

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** `GET /read-items/history?…` → `read-items/history`; ids are left out. */
function nameOf(method: string, path: string): string {
  const [, name = '', sub = ''] = (path.split('?')[0] ?? '').split('/');
  const isId = /-s?\d+$/.test(sub);
  const verb = method === 'POST' || method === 'GET' ? '' : `${method} `;
  return `${verb}${name}${sub === '' || isId ? '' : `/${sub}`}`;
}
