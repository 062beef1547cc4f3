import { setTimeout as sleep } from 'node:timers/promises';
import { explain, isPassing } from './cloud-error.ts';
import type { Plan, Step } from './plan.ts';
import { nameOf } from './show-plan.ts';

interface Applying {
  readonly projectId: string;
  /** Takes a line of progress. */
  readonly say: (line: string) => void;
  /** Asked before each step. */
  readonly isStopped?: () => boolean;
}

/** A run that ended half-way; the message says what is done, what is not, and how to go on. */
export class HalfApplied extends Error {
  override readonly name = 'HalfApplied';
}

const DONE = { create: 'added', update: 'changed', remove: 'removed' } as const;
type Doing = Exclude<Step, { readonly status: 'refuse' }> & { readonly status: keyof typeof DONE };

/** Waits between attempts at what a quota or a busy server refused, in milliseconds. */
const WAITS_MS = [500, 2_000, 8_000];

/**
 * Does what a plan says, one step after the other, in its order. Running it again goes on where this
 * one ended: a plan is made of what is there.
 *
 * @throws HalfApplied when a step fails, or when one is refused, before anything is done.
 */
export async function applyPlan(
  plan: Plan,
  { projectId, say, isStopped = () => false }: Applying,
): Promise<void> {
  const refused = plan.find(({ status }) => status === 'refuse');
  if (refused) throw new HalfApplied(`${nameOf(refused)} is refused: nothing was changed`);
  const steps = plan.filter(isDoing);
  for (const [index, step] of steps.entries()) {
    if (isStopped()) throw new HalfApplied(halfText('Stopped', steps, index));
    try {
      await patiently(step);
    } catch (error) {
      const why = `${nameOf(step)}: ${explain(error, { api: step.resource.api, projectId })}`;
      throw new HalfApplied(halfText(why, steps, index), { cause: error });
    }
    say(`[${index + 1}/${steps.length}] ${DONE[step.status]} ${nameOf(step)}`);
  }
}

const halfText = (why: string, steps: readonly Doing[], done: number): string =>
  [
    why,
    `${done} of ${steps.length} steps are done. Left:`,
    ...steps.slice(done).map((one) => `  ${nameOf(one)}`),
    'Run the same command again: it goes on from here.',
  ].join('\n');

const isDoing = (step: Step): step is Doing => step.status in DONE;

function run(step: Doing): Promise<void> {
  switch (step.status) {
    case 'create':
      return step.resource.create();
    case 'remove':
      return step.resource.remove();
    case 'update':
      return step.resource.update(step.changes.map(({ field }) => field));
  }
}

async function patiently(step: Doing): Promise<void> {
  for (const waitMs of WAITS_MS) {
    try {
      return await run(step);
    } catch (error) {
      if (!isPassing(error)) throw error;
      await sleep(waitMs);
      if (await wasMade(step)) return;
    }
  }
  return run(step);
}

/** The service may have done it, and its answer is lost: a second time would make a second one. */
const wasMade = async ({ status, resource }: Doing): Promise<boolean> =>
  status === 'create' && (await resource.read())?.isOurs === true;
