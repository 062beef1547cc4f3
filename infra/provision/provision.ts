import type { StrataOptions } from '../../shared/options.ts';
import { applyPlan, HalfApplied } from './apply-plan.ts';
import type { Clients } from './clients.ts';
import { explain } from './cloud-error.ts';
import { desiredState } from './desired-state.ts';
import { type Plan, planApply, planDestroy } from './plan.ts';
import type { Asked } from './provision-arguments.ts';
import type { Resource } from './resource.ts';
import { showPlan } from './show-plan.ts';

interface Provisioning {
  readonly clients: Clients;
  readonly options: StrataOptions;
  /** Takes text for the person in front of it. */
  readonly say: (text: string) => void;
  /** Whether to go on with a removal. */
  readonly confirm: (question: string) => Promise<boolean>;
  readonly isStopped?: () => boolean;
}

/**
 * Plans, shows the plan, and does it.
 *
 * @throws HalfApplied with what is done, what is left, and what to do.
 */
export async function provision(
  asked: Exclude<Asked, { readonly wants: 'help' }>,
  { clients, options, say, confirm, isStopped = () => false }: Provisioning,
): Promise<void> {
  const { place, wants, isDryRun, isSure, keepsRules } = asked;
  const resources = desiredState(clients, place, options)
    .filter(({ api }) => !(keepsRules && api === 'firebaserules'))
    .map((one) => named(one, place.projectId));
  say(`Project ${place.projectId}, region ${place.region}\n`);
  const plan: Plan = await (wants === 'destroy' ? planDestroy(resources) : planApply(resources));
  say(showPlan(plan));
  if (isDryRun || plan.every(({ status }) => status === 'keep')) return;
  if (wants === 'destroy' && !isSure && !(await confirm('Remove all of these?'))) {
    say('Nothing was removed.');
    return;
  }
  await applyPlan(plan, { projectId: place.projectId, say, isStopped });
}

/** Says of which resource an error is that came while it was read. */
const named = (resource: Resource, projectId: string): Resource => ({
  ...resource,
  async read() {
    try {
      return await resource.read();
    } catch (error) {
      const { api, kind, name } = resource;
      throw new HalfApplied(
        `${kind} ${name} cannot be read: ${explain(error, { api, projectId })}\nNothing was changed.`,
        { cause: error },
      );
    }
  },
});
