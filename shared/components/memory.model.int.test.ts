import { randomUUID } from 'node:crypto';
import { afterAll, it } from 'vitest';
import { reportMissing } from '../../infra/tooling/missing.ts';
import { startRedis } from '../../infra/tooling/redis-server.ts';
import { openFirestore } from '../adapters/firestore/open-firestore.ts';
import { emulatedFirestore } from '../testing/firestore-harness.ts';
import { temporaryMemory } from '../testing/temporary-memory.ts';
import { UnreliableRedis } from '../testing/unreliable-redis.ts';
import { describeMemoryModel, SMALL_LIMITS } from './memory.model.contract.ts';

/** On the emulators alone and behind Redis, fifty together; more of them by hand. */
const RUNS = Number(process.env['STRATA_TEST_MODEL_RUNS'] ?? 25);

/** A deletion waits so long where Redis cannot be told of it. */
const STALE_MAX_MS = 250;

const redis = await UnreliableRedis.open(startRedis);
afterAll(() => redis?.close());

const hotTier = (one: UnreliableRedis) => ({ redisHost: '127.0.0.1', redisPort: one.port });
const options = {
  ...SMALL_LIMITS,
  hotStaleMaxMs: STALE_MAX_MS,
};

if (process.env['FIRESTORE_EMULATOR_HOST']) {
  const openStores = () => {
    const databaseId = `model-${randomUUID()}`;
    return (clock: Parameters<typeof openFirestore>[0]['clock']) =>
      openFirestore({ firestore: emulatedFirestore(databaseId), clock });
  };
  describeMemoryModel('Firestore', {
    runs: RUNS,
    timeoutMs: 600_000,
    open: () => temporaryMemory({ openStores: openStores() }),
  });
  if (redis) {
    describeMemoryModel('Firestore and Redis', {
      runs: RUNS,
      timeoutMs: 600_000,
      open: () => temporaryMemory({ options, openStores: openStores(), redis: hotTier(redis) }),
      redis,
    });
  }
} else {
  it('needs a Firestore emulator', () => reportMissing('the model on Firestore'));
}

if (redis) {
  describeMemoryModel('SQLite and Redis, as processes that share the work', {
    runs: RUNS,
    timeoutMs: 600_000,
    open: () => temporaryMemory({ options, redis: hotTier(redis), isShared: true }),
    redis,
  });
} else {
  it('needs a Redis', () => reportMissing('the model with a real Redis'));
}
