import type { ServerResponse } from 'node:http';
import { AppError } from '../../shared/kernel/app-error.ts';
import type { Logger } from '../../shared/kernel/logger.ts';
import { PROBLEM_TYPE, toProblem } from './problem.ts';

export const JSON_TYPE = 'application/json; charset=utf-8';

const RETRY_LATER = [429, 503];
const RETRY_AFTER_MS = 1_000;

export function sendText(res: ServerResponse, status: number, text: string, type: string): void {
  // Memory is private: nothing between us and the caller may keep it.
  const headers = { 'content-type': type, 'cache-control': 'no-store' };
  res.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(text) }).end(text);
}

/** Answers an error as a problem, where an answer is still possible. */
export function sendProblem(res: ServerResponse, thrown: unknown, log?: Logger): void {
  const error = AppError.from(thrown);
  const problem = toProblem(error);
  if (problem.status >= 500) log?.error('Request failed', { code: error.code, error });
  if (res.headersSent) {
    res.destroy(); // Part of the answer is out: a torn connection is the only honest end.
    return;
  }
  if (RETRY_LATER.includes(problem.status)) {
    const { retryAfterMs } = error.details;
    const waitMs = typeof retryAfterMs === 'number' ? retryAfterMs : RETRY_AFTER_MS;
    res.setHeader('retry-after', String(Math.max(1, Math.ceil(waitMs / 1_000))));
  }
  // What is still coming in is not waited for.
  if (problem.status === 408) res.setHeader('connection', 'close');
  if (problem.status === 401) res.setHeader('www-authenticate', 'Bearer');
  const allow: unknown = error.details['allow'];
  if (Array.isArray(allow)) res.setHeader('allow', allow.join(', '));
  sendText(res, problem.status, JSON.stringify(problem), PROBLEM_TYPE);
}
