import type { ContextAnswer, ContextQuery } from '../answers.ts';
import { type Client, refused } from '../client.ts';
import type { Examined } from '../findings.ts';
import type { SentSession } from '../sent.ts';
import { budgetFaults, type CountTokens } from './budget.ts';
import { groupFaults } from './groups.ts';
import { pinFaults } from './pins.ts';

/** Invariants 7, 8 and 10 on one context; where the budget is refused, on the one that would do. */
export async function checkContext(
  client: Pick<Client, 'context'>,
  sent: SentSession,
  query: ContextQuery,
  count?: CountTokens,
): Promise<readonly Examined[]> {
  const answer = await client.context(sent.name, query);
  if (answer.status === 200) return examine(sent, query, answer.body, count);
  if (answer.status !== 422) throw refused({ method: 'GET', path: '/read-items/context' }, answer);
  const { requiredBudget } = answer.body;
  const at = `${sent.name.sessionId}: budget ${query.tokenBudget}`;
  if (sent.pinnedSeqs.size === 0) return [refusal([`${at} was refused though nothing is pinned`])];
  if (requiredBudget === undefined || requiredBudget <= (query.tokenBudget ?? 0))
    return [refusal([`${at} was refused without a larger one that would do`])];
  const wider = { ...query, tokenBudget: requiredBudget };
  const second = await client.context(sent.name, wider);
  if (second.status !== 200)
    return [refusal([`${at} was refused, and so was ${requiredBudget}, which would do`])];
  return [refusal([]), ...examine(sent, wider, second.body, count)];
}

const refusal = (faults: readonly string[]): Examined => ({
  invariant: 8,
  looked: { 'budget refused': 1 },
  faults,
});

function examine(
  sent: SentSession,
  query: ContextQuery,
  context: ContextAnswer,
  count: CountTokens | undefined,
): readonly Examined[] {
  const { format = 'raw' } = query;
  const isProvider = format !== 'raw';
  const pins = sent.pinnedSeqs.size > 0 ? { context: 1 } : {};
  return [
    {
      invariant: 7,
      looked: { context: 1, ...(isProvider ? { 'list of provider messages': 1 } : {}) },
      faults: groupFaults(sent, context, format),
    },
    { invariant: 8, looked: pins, faults: pinFaults(sent, context) },
    {
      invariant: 10,
      looked: { context: 1 },
      faults: budgetFaults(sent, context, query.tokenBudget, count),
    },
  ];
}
