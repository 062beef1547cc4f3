import fc from 'fast-check';
import { describe, it } from 'vitest';
import type { EventHandler } from '../../functions/event/consumer.ts';
import { localOnly } from '../../functions/identity/identity.ts';
import { ingestItems } from '../../functions/ingest-items/handler.ts';
import { migrateSession } from '../../functions/migrate-session/handler.ts';
import type { Runtime } from '../../functions/runtime.ts';
import { summarizeSession } from '../../functions/summarize-session/handler.ts';
import type { StrataOptionsInput } from '../options.ts';
import type { BusMessage } from '../ports/event-bus.ts';
import { ExactLength } from '../testing/exact-length.ts';
import { checkAll } from '../testing/memory-model/checks.ts';
import type {
  EventFunction,
  Model,
  ModelWorld,
  Place,
  Step,
} from '../testing/memory-model/model-world.ts';
import { PlainMemory } from '../testing/memory-model/plain-memory.ts';
import { anyStep } from '../testing/memory-model/steps.ts';
import type { TemporaryMemory } from '../testing/temporary-memory.ts';
import type { UnreliableRedis } from '../testing/unreliable-redis.ts';
import { TOPICS } from '../topology.ts';
import type { Embedded } from './embedded.ts';

const STEPS_PER_RUN = 50;
/** What is left of the time limit for saying what went wrong, with its seed. */
const REPORT_MS = 20_000;

/** Small limits, so that few items make windows overflow and summaries worth it. */
export const SMALL_LIMITS: StrataOptionsInput = {
  ...{ windowMaxItems: 8, maxContextItems: 4, summarizationThreshold: 6 },
  ...{ maxContextTokens: 800, enableCompression: false },
};

interface ModelRuns {
  /** Of 50 commands each. */
  readonly runs: number;
  readonly timeoutMs: number;
  /** Opens the first instance on data of its own. */
  open(): Promise<TemporaryMemory>;
  /** The hot tier's, which every run finds empty. */
  readonly redis?: UnreliableRedis;
}

/** What must hold on every durable store. Each one's test file calls this once. */
export function describeMemoryModel(
  name: string,
  { runs, timeoutMs, open, redis }: ModelRuns,
): void {
  const steps = new ExactLength(anyStep(redis !== undefined), STEPS_PER_RUN);
  const parameters = {
    numRuns: runs,
    interruptAfterTimeLimit: timeoutMs - REPORT_MS,
    markInterruptAsFailure: true,
  };
  const run = async (list: readonly Step[]) => {
    await redis?.flush();
    const temp = await open();
    try {
      const real = await newWorld(temp, redis);
      const model: Model = { plain: new PlainMemory(), commands: [], events: [] };
      await fc.asyncModelRun(() => ({ model, real }), list);
      await checkAll(model, real);
    } finally {
      await redis?.recover();
      await temp.dispose();
    }
  };
  describe(`the memory on ${name}`, () => {
    it(
      'behaves like plain lists, whatever is done to it in whatever order',
      () => fc.assert(fc.asyncProperty(steps, run), parameters),
      timeoutMs,
    );
  });
}

const FUNCTIONS: Readonly<Record<EventFunction, (open: () => Runtime) => EventHandler>> = {
  'ingest-items': ingestItems,
  'migrate-session': migrateSession,
  'summarize-session': summarizeSession,
};

/** Two instances on one set of data, as two processes. */
async function newWorld(temp: TemporaryMemory, redis?: UnreliableRedis): Promise<ModelWorld> {
  const messages: BusMessage[] = [];
  const listenTo = (system: Embedded): Embedded => {
    for (const topic of [TOPICS.summarize, TOPICS.migrate, TOPICS.events]) {
      system.bus.subscribe(topic, 'the model', async (message) => {
        messages.push(message);
      });
    }
    return system;
  };
  const instances: [Embedded, Embedded] = [listenTo(temp.system), listenTo(await temp.open())];
  if (redis) {
    redis.isFound = async () => {
      const all = await Promise.all(instances.map((one) => one.health()));
      return all.every(({ stores }) => stores['hot'] === 'ok');
    };
  }
  return {
    ...{ clock: temp.clock, instances },
    ...(redis ? { redis } : {}),
    async published() {
      for (const { bus } of instances) await bus.drain();
      return messages.splice(0);
    },
    async restart(place: Place) {
      instances[place] = listenTo(await temp.open());
    },
    deliver: (place, name, event) =>
      FUNCTIONS[name](() => ({ ...instances[place], identity: localOnly }))(event),
  };
}
