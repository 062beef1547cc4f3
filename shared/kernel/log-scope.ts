import { AsyncLocalStorage } from 'node:async_hooks';
import type { TraceContext } from './trace-context.ts';

/** What the lines of one call have in common. */
export interface LogScope {
  /** Few short words, for example the function's name. */
  readonly labels: Readonly<Record<string, string>>;
  readonly trace?: TraceContext;
}

const scopes = new AsyncLocalStorage<LogScope>();

/**
 * Runs `work` so that whatever logs in it, however deep, belongs to this call. No signature has to
 * carry it; on Node 24 it travels with the promises themselves and adds nothing to each
 * (`npm run bench -- telemetry`).
 */
export const inLogScope = <T>(scope: LogScope, work: () => T): T => scopes.run(scope, work);

/** The call that is being handled; `undefined` outside of any. */
export const currentLogScope = (): LogScope | undefined => scopes.getStore();
