import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { Firestore } from '@google-cloud/firestore';
import { Redis } from 'ioredis';
import { openFirestore } from '../../shared/adapters/firestore/open-firestore.ts';
import { InProcessEventBus } from '../../shared/adapters/in-process/event-bus.ts';
import { openSystem, type System } from '../../shared/components/embedded.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import { StrataOptions } from '../../shared/options.ts';
import { DEMO_PROJECT, startFirestoreEmulator } from '../tooling/emulators.ts';
import { startRedis } from '../tooling/redis-server.ts';

/** The servers of the real tiers, and systems on them. */
export interface CloudWorkspace {
  /** A client of the same new database as the system's, for what is measured beside it. */
  readonly firestore: Firestore;
  /** The client of `system`. */
  readonly own: Firestore;
  /** On Firestore and Redis, with the default options, as one of many instances. */
  readonly system: System;
  /** A client of the system's Redis. */
  readonly redis: Redis;
  readonly emulatorHost: string;
}

/** Starts the Firestore emulator and a Redis, and ends both afterwards. */
export async function withCloud<T>(run: (cloud: CloudWorkspace) => Promise<T>): Promise<T> {
  // Nothing here runs on Google Cloud: the clients need not look for its metadata server.
  process.env['METADATA_SERVER_DETECTION'] = 'none';
  const emulator = await startFirestoreEmulator();
  if (!emulator) throw new Error('No Firestore emulator can be had here');
  try {
    const redis = await startRedis();
    if (!redis) throw new Error('No redis-server or valkey-server on PATH');
    try {
      return await withSystem(emulator.host, redis.url, run);
    } finally {
      await redis.stop();
    }
  } finally {
    await emulator.stop();
  }
}

async function withSystem<T>(
  host: string,
  redisUrl: string,
  run: (cloud: CloudWorkspace) => Promise<T>,
): Promise<T> {
  const database = { projectId: DEMO_PROJECT, databaseId: `bench-${randomUUID()}` };
  const client = () => new Firestore({ ...database, host, ssl: false });
  const [firestore, own] = [client(), client()];
  const system = await openSystem({
    options: StrataOptions.parse({}),
    // Nothing is written there: the stores are given.
    dataDir: tmpdir(),
    stores: openFirestore({ firestore: own, clock: systemClock }),
    redis: { redisUrl, redisPrefix: 'bench' },
    openBus: (needs) => new InProcessEventBus(needs),
    isShared: true,
  });
  const redis = new Redis(redisUrl);
  try {
    return await run({ firestore, own, system, redis, emulatorHost: host });
  } finally {
    redis.disconnect();
    await system.close();
    await firestore.terminate();
  }
}
