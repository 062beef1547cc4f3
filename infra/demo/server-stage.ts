import { setTimeout as sleep } from 'node:timers/promises';
import { Client, refused } from './client.ts';
import { DemoError } from './demo-error.ts';
import { CallTimes, httpTransport } from './http-transport.ts';
import type { Stage } from './stage.ts';

/** Longer than a summary of the embedded default takes; a model may need a few seconds. */
const SETTLE_MS = 1_500;

/** A server that runs already. It keeps its own time and its own data. */
export async function openServerStage(url: string): Promise<Stage> {
  const times = new CallTimes();
  const client = new Client(httpTransport(() => url, times));
  const health = await client.health();
  if (health.status !== 200)
    throw new DemoError(
      `${url} is no Strata that is well: ${refused({ method: 'GET', path: '/read-items/healthz' }, health).message}`,
    );
  return {
    title: `the server at ${url}`,
    client,
    times,
    settle: () => sleep(SETTLE_MS),
    close: () => Promise.resolve(undefined),
  };
}
