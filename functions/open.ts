import { lazy } from '../shared/kernel/lazy.ts';
import type { Config } from './config.ts';
import type { OpenRuntime, Runtime } from './runtime.ts';

/**
 * Opens the runtime on the first request, once per process: configuration fails the rollout, stores
 * wait until they are needed. The composition root is loaded then too, so that a start does not pay
 * for it. A failed opening is not remembered.
 */
export const openFrom = (config: Config): OpenRuntime => {
  shared ??= lazy(async () => (await import('./compose.ts')).compose(config));
  return shared;
};

let shared: (() => Promise<Runtime>) | undefined;
