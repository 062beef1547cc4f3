import fc from 'fast-check';
import { expect } from 'vitest';
import type { ContextQuery, ContextResult } from '../../app/memory.ts';
import { FORMATS } from '../../domain/item.ts';
import { AppError } from '../../kernel/app-error.ts';
import { dropAbsent } from '../../kernel/drop-absent.ts';
import { seen } from './checks.ts';
import { strangeMarks } from './drafts.ts';
import type { ModelWorld, Step } from './model-world.ts';
import { groupsOf, isPinOrSystem } from './plain-groups.ts';
import { coveredTo, type PlainItem, type PlainSession } from './plain-memory.ts';
import { refusals } from './provider-rules.ts';
import { label, onInstance, onSession, same, step } from './step.ts';

/** More than any session of the model has. */
const ALL = 1_000_000;

export const askingForContext: fc.Arbitrary<Step> = fc
  .record({
    name: onSession,
    place: onInstance,
    tokenBudget: fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: 1, max: 6_000 }) },
      { weight: 1, arbitrary: fc.constant(ALL) },
    ),
    maxItems: fc.option(fc.oneof(fc.integer({ min: 1, max: 60 }), fc.constant(ALL)), {
      nil: undefined,
    }),
    format: fc.constantFrom('raw' as const, ...FORMATS),
  })
  .map(({ name, place, format, tokenBudget, maxItems }) =>
    step(
      `context of ${label(name)} on ${place}: ${tokenBudget} tokens, ${maxItems} items, ${format}`,
      async ({ plain }, world) => {
        const { memory } = world.instances[place];
        const session = plain.session(name);
        const query = { ...name, format, explain: true, ...dropAbsent({ maxItems }) };
        const ask = (budget: number) => memory.context({ ...query, tokenBudget: budget });
        const first = await ask(tokenBudget).catch((error: unknown) => AppError.from(error));
        if (!(first instanceof AppError)) {
          return check(world, session, { ...query, tokenBudget }, first);
        }
        expect(first.code).toBe('budget-too-small');
        expect(session?.items.some(({ isPinned }) => isPinned)).toBe(true);
        const enough = Number(first.details['requiredBudget']);
        expect(enough).toBeGreaterThan(tokenBudget);
        check(world, session, { ...query, tokenBudget: enough }, await ask(enough));
      },
    ),
  );

interface Kept {
  readonly live: readonly PlainItem[];
  readonly groups: readonly (readonly PlainItem[])[];
  readonly orphans: ReadonlySet<number>;
  readonly seqs: ReadonlySet<number>;
}

function check(
  world: ModelWorld,
  session: PlainSession | undefined,
  query: ContextQuery & { readonly tokenBudget: number },
  result: ContextResult,
): void {
  const live = session?.items ?? [];
  const kept = { live, ...groupsOf(live), seqs: new Set(result.items.map(({ seq }) => seq)) };
  expect(result.tokens.total).toBeLessThanOrEqual(query.tokenBudget);
  expect(result.tokens.budget).toBe(query.tokenBudget);
  same(strangeMarks(session, result), []);
  checkItems(world, query, kept, result);
  checkGroups(session, query, kept);
  checkMemory(session, kept, result);
  same(
    result.explain?.map(({ seq, kept: isKept }) => [seq, isKept]),
    live.map(({ seq }) => [seq, kept.seqs.has(seq)]),
  );
  if (query.format !== 'raw') same(refusals(query.format, result.messages ?? []), []);
}

/** What is kept is as it was said, in order; pins are there, and no more items than asked for. */
function checkItems(
  world: ModelWorld,
  query: ContextQuery,
  { live, groups, orphans, seqs }: Kept,
  { items }: ContextResult,
): void {
  same(
    items.map(({ seq }) => seq),
    live.map(({ seq }) => seq).filter((seq) => seqs.has(seq)),
  );
  const bySeq = new Map(live.map((item) => [item.seq, item]));
  for (const view of items) {
    const item = bySeq.get(view.seq);
    if (item) seen(world, query, item, view);
  }
  const pinned = groups.filter((group) => group.some(({ isPinned }) => isPinned));
  const missing = pinned.flat().filter(({ seq }) => !seqs.has(seq));
  same(missing, []);
  expect(items.some(({ seq }) => orphans.has(seq))).toBe(false);
  // The newest group is exempt.
  const newest = byRecency(groups)[0]?.length ?? 0;
  const most = Math.max(query.maxItems ?? ALL, pinned.flat().length + newest);
  expect(items.length).toBeLessThanOrEqual(most);
}

/** Groups are whole; from the newest back there is no hole; with room for all, all is there. */
function checkGroups(
  session: PlainSession | undefined,
  { tokenBudget, maxItems }: ContextQuery,
  { groups, seqs }: Kept,
): void {
  const isKept = (group: readonly PlainItem[]) => group.some(({ seq }) => seqs.has(seq));
  const broken = groups.filter((one) => isKept(one) && one.some(({ seq }) => !seqs.has(seq)));
  same(broken, []);
  const others = byRecency(groups.filter((group) => !group.some(isPinOrSystem)));
  const end = others.findIndex((group) => !isKept(group));
  if (end >= 0) same(others.slice(end).filter(isKept), []);
  const hasRoom = maxItems === ALL || (maxItems === undefined && coveredTo(session) === 0);
  if (tokenBudget === ALL && hasRoom)
    same(
      groups.filter((one) => !isKept(one)),
      [],
    );
}

/** The summary is the newest, tells of nothing that is shown, and the counts add up. */
function checkMemory(
  session: PlainSession | undefined,
  { live, groups, seqs }: Kept,
  { summary, facts, omitted }: ContextResult,
): void {
  const hidden = live.filter(({ seq }) => !seqs.has(seq));
  expect(omitted.count).toBe(hidden.length);
  const bySeq = new Map(live.map((item) => [item.seq, item]));
  for (const { seq } of facts) expect(bySeq.has(seq) && seq <= coveredTo(session)).toBe(true);
  const toSeq = summary ? coveredTo(session) : 0;
  const told = hidden.filter(
    (item) => item.seq <= toSeq && item.said.contentType !== 'system_message',
  );
  same(omitted, {
    count: hidden.length,
    summarised: told.length,
    uncovered: hidden.length - told.length,
  });
  if (!summary) return;
  const { id, fromSeq } = summary;
  same({ id, fromSeq, toSeq: summary.toSeq }, session?.summaries.at(-1));
  const shown = groups.filter((group) => group.some(({ seq }) => seqs.has(seq)));
  const twice = shown
    .filter((group) => !group.some(isPinOrSystem))
    .filter((group) => group.every(({ seq }) => seq <= toSeq));
  same(twice, []);
}

const lastSeq = (group: readonly PlainItem[]): number => group.at(-1)?.seq ?? 0;

const byRecency = (groups: readonly (readonly PlainItem[])[]): (readonly PlainItem[])[] =>
  groups.toSorted((a, b) => lastSeq(b) - lastSeq(a));
