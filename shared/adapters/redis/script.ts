import { createHash } from 'node:crypto';

/** The part of a Redis client that runs scripts. */
export interface RedisScriptCommands {
  evalsha(sha: string, keyCount: number, ...keysThenArgs: ScriptArg[]): Promise<unknown>;
  eval(script: string, keyCount: number, ...keysThenArgs: ScriptArg[]): Promise<unknown>;
}

type ScriptArg = string | number | Buffer;

export interface ScriptInput {
  readonly keys: readonly string[];
  readonly args?: readonly ScriptArg[];
}

export type Script = (redis: RedisScriptCommands, input: ScriptInput) => Promise<unknown>;

/** A script that the server knows by its hash after the first call; one command from then on. */
export function script(source: string): Script {
  const sha = createHash('sha1').update(source).digest('hex');
  return async (redis, { keys, args = [] }) => {
    try {
      return await redis.evalsha(sha, keys.length, ...keys, ...args);
    } catch (error) {
      // A server that was restarted has no scripts.
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return redis.eval(source, keys.length, ...keys, ...args);
    }
  };
}
