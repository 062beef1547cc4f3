import fc from 'fast-check';
import type { JsonObject } from '../../kernel/json.ts';
import {
  always,
  blend,
  extras,
  field,
  looseTexts,
  maybe,
  names,
  objects,
  texts,
  visibleTexts,
} from './arbitraries.contract.ts';
import type { Conversation } from './formats.contract.ts';

const cacheControl = maybe('cache_control', always({ type: 'ephemeral' }));
const text = blend(extras, cacheControl, always({ type: 'text' }), field('text', looseTexts));
const image = always({
  type: 'image',
  source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' },
});
const document = always({ type: 'document', source: { type: 'url', url: 'https://x.test/a.pdf' } });
const userBlocks = fc.array(fc.oneof(text, image, document), { minLength: 1, maxLength: 3 });
const user = blend(
  extras,
  always({ role: 'user' }),
  field('content', fc.oneof(looseTexts, userBlocks)),
);

const thinking = fc.oneof(
  blend(always({ type: 'thinking', signature: 'EqQBCkgIARAB' }), field('thinking', texts)),
  always({ type: 'redacted_thinking', data: 'EmwKAhgBEgy3va3' }),
);
const search = [
  { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'x' } },
  {
    type: 'web_search_tool_result',
    tool_use_id: 'srvtoolu_1',
    content: [{ encrypted_content: 'x' }],
  },
];
const assistantBlocks = fc
  .tuple(fc.array(thinking, { maxLength: 2 }), fc.constantFrom([], search), text)
  .map(([thoughts, found, last]) => [...thoughts, ...found, last]);
const assistant = blend(
  extras,
  always({ role: 'assistant' }),
  field('content', fc.oneof(looseTexts, assistantBlocks)),
);

const resultContent = fc.oneof(
  always({}),
  field(
    'content',
    fc.oneof(
      texts,
      objects.map((value) => JSON.stringify(value)),
    ),
  ),
  field('content', fc.array(fc.oneof(text, image), { minLength: 1, maxLength: 2 })),
);
const result = blend(
  extras,
  cacheControl,
  resultContent,
  maybe('is_error', fc.boolean()),
  always({ type: 'tool_result' }),
);
const call = fc.tuple(
  fc.array(fc.oneof(thinking, text), { maxLength: 2 }),
  blend(extras, always({ type: 'tool_use' }), field('name', names), field('input', objects)),
);

/** Ids are filled in later, where the whole conversation is known. */
const exchange = fc
  .record({
    extra: extras,
    calls: fc.array(call, { minLength: 1, maxLength: 4 }),
    end: fc.array(text, { maxLength: 1 }),
    results: fc.array(result, { minLength: 4, maxLength: 4 }),
    rest: fc.oneof(always([]), userBlocks),
    isReversed: fc.boolean(),
  })
  .map(({ extra, calls, end, results, rest, isReversed }) => (newId: () => string) => {
    const uses = calls.map(([before, use]) => ({ before, use: { ...use, id: newId() } }));
    const answers = uses.map(({ use }, index) => ({ ...results[index], tool_use_id: use.id }));
    const said = [...uses.flatMap(({ before, use }) => [...before, use]), ...end];
    return [
      { ...extra, role: 'assistant', content: said },
      { ...extra, role: 'user', content: [...(isReversed ? answers.reverse() : answers), ...rest] },
    ];
  });

const alone = (message: JsonObject) => () => [message];
const turns = fc.array(fc.oneof(user.map(alone), assistant.map(alone), exchange), { maxLength: 8 });

const systems = fc.oneof(
  always(undefined),
  visibleTexts,
  fc.array(blend(cacheControl, always({ type: 'text' }), field('text', visibleTexts)), {
    minLength: 1,
    maxLength: 2,
  }),
);

export const anthropicConversations: fc.Arbitrary<Conversation> = fc
  .tuple(user, turns, systems)
  .map(([first, others, system]) => {
    let count = 0;
    const newId = () => `toolu_${++count}`;
    const said = [first, ...others.flatMap((turn) => turn(newId))] as JsonObject[];
    // White space at the very end of an assistant's text is refused: the user has the last word.
    const messages = said.at(-1)?.['role'] === 'user' ? said : [...said, first];
    return { messages, ...(system === undefined ? {} : { system }) };
  });
