import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../kernel/json.ts';
import { type Group, groupItems } from '../group.ts';
import { FORMATS, type Format, type Item, type ItemDraft } from '../item.ts';
import { parseMessages } from './parse.ts';
import { renderMessages } from './render.ts';
import { countableText } from './tokens.ts';
import { validateMessages } from './validate.ts';

/** A conversation that its provider accepts. */
export interface Conversation {
  readonly messages: readonly JsonObject[];
  readonly system?: Json;
}

export interface FormatHarness {
  readonly format: Format;
  readonly conversations: fc.Arbitrary<Conversation>;
}

/** Items as a store gives them back: numbered, and once through JSON. */
export const stored = (drafts: readonly ItemDraft[]): Item[] =>
  drafts.map((draft, index) => ({
    ...(JSON.parse(JSON.stringify(draft)) as ItemDraft),
    seq: index + 1,
    createdAtMs: 0,
    pinned: false,
    tokens: 1,
  }));

/** Which items and groups are taken, where the recent part begins, and what is remembered. */
export const selections = fc.record({
  keptItems: fc.array(fc.boolean(), { minLength: 7, maxLength: 31 }),
  keptGroups: fc.array(fc.boolean(), { minLength: 5, maxLength: 31 }),
  recentFrom: fc.nat(12),
  memory: fc.constantFrom('Summary: they met.', ' ', undefined),
});
type Selection = typeof selections extends fc.Arbitrary<infer T> ? T : never;

const isKept = (mask: readonly boolean[], index: number) => mask[index % mask.length];

/** What all three providers say to a selection from these items; nothing when they accept it. */
export function violationsOf(items: readonly Item[], selection: Selection): string[] {
  const left = items.filter((_item, index) => isKept(selection.keptItems, index));
  const { groups, orphans } = groupItems(left);
  // A caller that hands orphans over as groups of their own gets them left out.
  const all: Group[] = [...groups, ...orphans.map((item) => ({ items: [item], unanswered: [] }))];
  const chosen = all.filter((_group, index) => isKept(selection.keptGroups, index));
  const { memory, recentFrom } = selection;
  return FORMATS.flatMap((format) => {
    const { messages, system } = renderMessages(format, {
      before: chosen.slice(0, recentFrom),
      ...(memory === undefined ? {} : { memory }),
      recent: chosen.slice(recentFrom),
    });
    const faults = validateMessages(format, messages, system);
    return faults.map((fault) => `${format}: ${fault} in ${JSON.stringify(messages)}`);
  });
}

/** What reading and writing must do for every format, over conversations made at random. */
export function describeFormat({ format, conversations }: FormatHarness): void {
  const itemsOf = ({ messages, system }: Conversation) =>
    stored(parseMessages(format, messages, system));

  describe(`${format} messages`, () => {
    it('are made at random as the provider accepts them', () => {
      fc.assert(
        fc.property(conversations, ({ messages, system }) => {
          expect(validateMessages(format, messages, system)).toEqual([]);
        }),
      );
    });

    it('come out as they went in, field for field', () => {
      fc.assert(
        fc.property(conversations, (conversation) => {
          const { groups, orphans } = groupItems(itemsOf(conversation));
          expect(orphans).toEqual([]);
          const { messages, system } = renderMessages(format, { before: [], recent: groups });
          expect(messages).toEqual(conversation.messages);
          expect(system).toEqual(conversation.system);
        }),
        { numRuns: 300 },
      );
    });

    it('are accepted by every provider, whatever is left out of them', () => {
      fc.assert(
        fc.property(conversations, selections, (conversation, selection) => {
          expect(violationsOf(itemsOf(conversation), selection)).toEqual([]);
        }),
        { numRuns: 300 },
      );
    });

    it('have a countable text for every item', () => {
      fc.assert(
        fc.property(conversations, (conversation) => {
          for (const item of itemsOf(conversation))
            expect(countableText(item).startsWith(item.content)).toBe(true);
        }),
      );
    });
  });
}
