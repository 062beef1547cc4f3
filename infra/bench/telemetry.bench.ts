import domain from 'node:domain';
import { context, trace } from '@opentelemetry/api';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { Memory } from '../../shared/app/memory.ts';
import { tracedMemory } from '../../shared/components/traced-memory.ts';
import { inLogScope } from '../../shared/kernel/log-scope.ts';
import { spreadOf, spreadOfRatio, timeInTurn } from './measure.ts';
import { fill, USER, withWorkspace } from './workspace.ts';

const ROUNDS = { rounds: 9, calls: 400 };
const SCOPE = {
  labels: { function: 'read-items' },
  trace: {
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    spanId: '00f067aa0ba902b7',
    isSampled: true,
  },
};

/**
 * What the scope of the log and the spans add to a hot context, inside `node:domain`, where the
 * functions framework runs handlers. Without an SDK there is no span and no code of one.
 */
export async function telemetry() {
  return withWorkspace((system) =>
    inDomain(async () => {
      const { memory } = system;
      await fill(system, 's', 100);
      const traced = tracedMemory(memory);
      const { plain, scoped } = await timeInTurn(
        { plain: () => read(memory), scoped: () => inLogScope(SCOPE, () => read(memory)) },
        ROUNDS,
      );
      new NodeTracerProvider().register();
      const { untraced, recorded } = await timeInTurn(
        { untraced: () => read(memory), recorded: () => inLogScope(SCOPE, () => read(traced)) },
        ROUNDS,
      ).finally(() => {
        trace.disable();
        context.disable();
      });
      return {
        'hot context, p50 ms': spreadOf(plain),
        'in the scope of a log over without': spreadOfRatio(scoped, plain),
        'with a recorded span over without': spreadOfRatio(recorded, untraced),
      };
    }),
  );
}

async function read(memory: Memory): Promise<void> {
  const { items } = await memory.context({
    userId: USER,
    sessionId: 's',
    format: 'openai',
    explain: false,
  });
  if (items.length === 0) throw new Error('The context is empty');
}

const inDomain = <T>(work: () => Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    domain.create().run(() => void work().then(resolve, reject));
  });
