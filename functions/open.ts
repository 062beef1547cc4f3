import { AppError } from '../shared/kernel/app-error.ts';
import { lazy } from '../shared/kernel/lazy.ts';
import type { Config } from './config.ts';
import { openIdentity } from './identity/identity.ts';
import { loggerAt } from './log.ts';
import type { OpenRuntime, Runtime } from './runtime.ts';

let shared: OpenRuntime | undefined;

/**
 * Opens the runtime on the first request, once per process: configuration fails the rollout, stores
 * wait until they are needed. The composition root is loaded then too, so that a start does not pay
 * for it. A failed opening is not remembered.
 */
export function openFrom(config: Config): OpenRuntime {
  shared ??= remembering(lazy(() => open(config)));
  return shared;
}

/** Gives what was opened without a promise from then on. */
function remembering(opening: () => Promise<Runtime>): OpenRuntime {
  let opened: Runtime | undefined;
  return () => {
    if (opened) return opened;
    return opening().then((runtime) => {
      opened = runtime;
      return runtime;
    });
  };
}

async function open(config: Config): Promise<Runtime> {
  const { composeFunction } = await import('./compose.ts');
  try {
    const system = await composeFunction(config);
    return { ...system, identity: openIdentity(config.identity, system.clock) };
  } catch (cause) {
    loggerAt(config).error('The memory could not be opened', { error: cause });
    // Whatever is wrong with our store, it is no fault of the caller's request.
    throw new AppError('unavailable', 'The memory could not be opened', { cause });
  }
}
