import { startRedis } from './redis-server.ts';

/** Servers that integration tests need. */
export interface TestServers {
  /** Where the tests find them. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/**
 * Starts a Redis for the tests, or uses the one that `REDIS_URL` names. Where none can be had the
 * tests that need it say so themselves (see `missing.ts`).
 */
export async function startServers(): Promise<TestServers> {
  const known = process.env['REDIS_URL'];
  if (known) return { env: { REDIS_URL: known }, stop: async () => undefined };
  const redis = await startRedis();
  return { env: redis ? { REDIS_URL: redis.url } : {}, stop: async () => redis?.stop() };
}
