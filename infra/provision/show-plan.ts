import type { Json } from '../../shared/kernel/json.ts';
import type { Plan, Step } from './plan.ts';

const SIGN = { create: '+', update: '~', remove: '-', keep: '=', refuse: '!' } as const;

/** A plan as text: a line for each change, and the sums. What stays as it is, is only counted. */
export function showPlan(plan: Plan): string {
  const lines = plan.filter(({ status }) => status !== 'keep').flatMap(linesOf);
  return [...lines, ...(lines.length > 0 ? [''] : []), sumsOf(plan), ''].join('\n');
}

/** One step as a line of progress shows it. */
export const nameOf = ({ resource: { kind, name } }: Pick<Step, 'resource'>): string =>
  `${kind} ${name}`;

function linesOf(step: Step): string[] {
  const head = `  ${SIGN[step.status]} ${nameOf(step)}`;
  if (step.status === 'refuse') return [`${head}: ${step.why}`];
  if (step.status !== 'update') return [head];
  return [
    head,
    ...step.changes.map(({ field, from, to }) => `      ${field}: ${short(from)} → ${short(to)}`),
  ];
}

function sumsOf(plan: Plan): string {
  const count = (status: Step['status']) => plan.filter((step) => step.status === status).length;
  const refused = count('refuse');
  return [
    `${count('create')} to add, ${count('update')} to change, ${count('remove')} to remove, ${count('keep')} as they should be`,
    ...(refused > 0
      ? [`${refused} refused: nothing is changed until they are out of the way`]
      : []),
  ].join('\n');
}

const MAX_CHARS = 120;

function short(value: Json | undefined): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length <= MAX_CHARS ? text : `${text.slice(0, MAX_CHARS)}…`;
}
