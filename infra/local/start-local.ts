import { setTimeout as sleep } from 'node:timers/promises';
import { compose } from '../../functions/compose.ts';
import type { Config } from '../../functions/config.ts';
import { openIdentity } from '../../functions/identity/identity.ts';
import type { DurableStores, Embedded } from '../../shared/components/embedded.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import type { Logger } from '../../shared/kernel/logger.ts';
import { type Job, SUBSCRIPTIONS } from '../../shared/topology.ts';
import { assertMayListen } from './assert-may-listen.ts';
import { callJob } from './call-job.ts';
import { createGateway } from './gateway.ts';
import { listen, stopListening, urlAt } from './listen.ts';
import { localFunctions } from './local-functions.ts';
import { ownCalls } from './own-calls.ts';
import { push } from './push.ts';
import { startScheduler } from './scheduler.ts';

/** Deliveries that are ready get this long at the end. What is left is asked for again later. */
const DRAIN_MS = 3_000;

export interface LocalStack {
  readonly url: string;
  readonly runtime: Embedded;
  /** Finishes what is under way, writes down what is only in memory, and closes the store. */
  close(): Promise<void>;
}

export interface LocalOptions {
  readonly config: Config;
  /** A simulation brings its own time; the scheduler stays on real time. */
  readonly clock?: Clock;
  readonly log?: Logger;
  /** Used instead of SQLite in the data directory. */
  readonly stores?: DurableStores;
}

/**
 * All functions, the bus between them and the scheduler, in this process. It listens only once the
 * store is open, so that whoever reaches it can use it.
 *
 * @throws ConfigError when it would be open to other machines without knowing who calls.
 */
export async function startLocal({ config, ...overrides }: LocalOptions): Promise<LocalStack> {
  assertMayListen(config);
  const runtime = await compose(config, overrides);
  const { identity, headers } = ownCalls(openIdentity(config.identity, runtime.clock));
  const server = createGateway(localFunctions({ ...runtime, identity }), runtime.log);
  const port = await listen(server, config.host, config.port).catch(async (error: unknown) => {
    await runtime.close();
    throw error;
  });
  const url = urlAt(config.host, port);
  for (const { topic, target } of SUBSCRIPTIONS)
    runtime.bus.subscribe(topic, target, (message) => push(`${url}/${target}`, message, headers));
  const call = (job: Job) => callJob(url, job, headers);
  const scheduler = startScheduler({ options: config.options, call, log: runtime.log });
  return {
    url,
    runtime,
    async close() {
      await scheduler.stop();
      await Promise.race([runtime.bus.drain('leave'), sleep(DRAIN_MS, undefined, { ref: false })]);
      await runtime.bus.close(); // While the server still answers what the bus has under way.
      await stopListening(server);
      await runtime.close();
    },
  };
}
