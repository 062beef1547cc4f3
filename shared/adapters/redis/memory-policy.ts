import { infoNumber, parseInfo } from './info.ts';
import { reach } from './reach.ts';

/** The part of a Redis client that sets its memory. */
export interface RedisConfigCommands {
  info(): Promise<string>;
  config(set: 'SET', name: string, value: string): Promise<unknown>;
}

export interface MemoryPolicy {
  /** 0: no limit. */
  readonly maxMemoryBytes: number;
  /** What Redis evicts when it is full, by Redis's names. */
  readonly policy: string;
}

export interface ConfiguredMemory {
  /** What the server had before. */
  readonly before: MemoryPolicy;
  /** The server refused: somebody else manages its settings, and it keeps `before`. */
  readonly isManaged: boolean;
  /** Why it refused. */
  readonly refusal?: string;
}

/**
 * Sets the server's memory limit and eviction policy where they differ and the server lets us.
 * A refusal is an answer, not an error: managed servers (Memorystore) have no CONFIG.
 *
 * @throws AppError `unavailable` when the server cannot be reached.
 */
export async function configureMemory(
  redis: RedisConfigCommands,
  wanted: MemoryPolicy,
): Promise<ConfiguredMemory> {
  const fields = parseInfo(await reach('info', () => redis.info()));
  const before: MemoryPolicy = {
    maxMemoryBytes: infoNumber(fields, 'maxmemory'),
    policy: fields.get('maxmemory_policy') ?? '',
  };
  const changes = [
    ...(before.policy === wanted.policy ? [] : [['maxmemory-policy', wanted.policy] as const]),
    ...(before.maxMemoryBytes === wanted.maxMemoryBytes
      ? []
      : [['maxmemory', String(wanted.maxMemoryBytes)] as const]),
  ];
  // The policy first: a lower limit under "noeviction" would refuse writes in between.
  for (const [name, value] of changes) {
    const refusal = await reach('config', () => refusalOf(redis.config('SET', name, value)));
    if (refusal !== undefined) return { before, isManaged: true, refusal };
  }
  return { before, isManaged: false };
}

/** The server's error reply, as opposed to a connection that failed. */
async function refusalOf(command: Promise<unknown>): Promise<string | undefined> {
  try {
    await command;
    return undefined;
  } catch (error) {
    if (error instanceof Error && error.name === 'ReplyError') return error.message;
    throw error;
  }
}
