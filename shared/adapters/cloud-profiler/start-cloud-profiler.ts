import { createRequire } from 'node:module';
import type { Logger } from '../../kernel/logger.ts';

/**
 * An optional peer: it has a native part, which npm builds for the Node that runs npm, so who wants
 * it installs it where the functions run. `require` keeps bundlers and the compiler from looking.
 */
const PACKAGE = '@google-cloud/profiler';

/** The part of `@google-cloud/profiler` that is used here. */
export interface ProfilerModule {
  start(config: {
    readonly projectId: string;
    readonly serviceContext: { readonly service: string };
    readonly disableSourceMaps: boolean;
  }): Promise<void>;
}

export interface CloudProfilerOptions {
  readonly projectId: string;
  /** Names the service in Cloud Profiler; lower-case letters, digits, dots and dashes. */
  readonly service: string;
  readonly log: Logger;
  readonly load?: () => Promise<unknown>;
}

/**
 * Starts Cloud Profiler in this process, for its whole life. Whatever goes wrong with it is logged,
 * with what to do: a profile is never worth a function.
 */
export async function startCloudProfiler({
  projectId,
  service,
  log,
  load = async () => createRequire(import.meta.url)(PACKAGE),
}: CloudProfilerOptions): Promise<void> {
  try {
    const profiler = moduleOf(await load());
    // The sources run as they are: there is no map to look for, through all of node_modules.
    await profiler.start({ projectId, serviceContext: { service }, disableSourceMaps: true });
    log.info('Cloud Profiler is started', { service });
  } catch (error) {
    log.warning(`Cloud Profiler is not started: ${adviceOn(error)}`, { error });
  }
}

/** A CommonJS package: Node shows its exports by name, or only in `default`. */
function moduleOf(loaded: unknown): ProfilerModule {
  // What a package exports is known when it is there.
  const { start, default: inner } = loaded as Partial<ProfilerModule> & { default?: unknown };
  if (start) return { start };
  if (inner !== undefined) return moduleOf(inner);
  throw new TypeError(`${PACKAGE} has no function start`);
}

function adviceOn(error: unknown): string {
  const { code, message = '' } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  const isMissing = /^(ERR_MODULE_NOT_FOUND|MODULE_NOT_FOUND)$/.test(code ?? '');
  if (isMissing && message.includes(PACKAGE)) return `install it with "npm install ${PACKAGE}"`;
  if (isMissing || code === 'ERR_DLOPEN_FAILED' || message.includes('bindings file'))
    return 'build its native part with the Node that runs the functions: "npm rebuild pprof", with a compiler, and pprof in allowScripts';
  return 'see the error';
}
