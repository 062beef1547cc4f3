import fc from 'fast-check';
import type { JsonObject } from '../../kernel/json.ts';
import {
  always,
  blend,
  extras,
  field,
  maybe,
  names,
  objects,
  texts,
  visibleTexts,
} from './arbitraries.contract.ts';
import type { Conversation } from './formats.contract.ts';

const text = blend(extras, maybe('thoughtSignature', always('c2ln')), field('text', visibleTexts));
const image = always({ inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo=' } });
const file = always({ file_data: { file_uri: 'gs://bucket/a.pdf', mime_type: 'application/pdf' } });
const userParts = fc.array(fc.oneof(text, image, file), { minLength: 1, maxLength: 3 });
const user = blend(
  extras,
  fc.constantFrom({}, { role: 'user' }, { role: 'user' }),
  field('parts', userParts),
);

const thought = blend(always({ thought: true }), field('text', visibleTexts));
const signed = always({ text: '', thoughtSignature: 'c2ln' });
const code = always({ executableCode: { language: 'PYTHON', code: 'print(1)' } });
const modelPart = fc.oneof(text, text, thought, signed, code);
const model = blend(
  extras,
  always({ role: 'model' }),
  field('parts', fc.array(modelPart, { minLength: 1, maxLength: 3 })),
);

const responseValues = fc.oneof(
  objects,
  texts.map((result) => ({ result })),
  objects.map((value) => ({ result: JSON.stringify(value) })),
);
const call = fc.record({
  extra: extras,
  before: fc.array(modelPart, { maxLength: 1 }),
  name: names,
  args: fc.option(objects, { nil: undefined }),
  response: responseValues,
  isSigned: fc.boolean(),
});

const exchange = fc
  .record({
    extra: extras,
    calls: fc.array(call, { minLength: 1, maxLength: 4 }),
    ids: fc.constantFrom('none', 'all', 'calls only', 'some'),
    isSnake: fc.boolean(),
    role: fc.constantFrom('user', 'user', 'function'),
    lead: fc.array(text, { maxLength: 1 }),
    rest: fc.oneof(always([]), userParts),
    isReversed: fc.boolean(),
  })
  .map(({ extra, calls, ids, isSnake, role, lead, rest, isReversed }) => {
    const idAt = (index: number): JsonObject =>
      ids === 'none' || (ids === 'some' && index % 2 === 1) ? {} : { id: `id-${index}` };
    const asked = calls.map(({ before, name, args, isSigned, extra: more }, index) => [
      ...before,
      {
        ...more,
        ...(isSigned ? { thoughtSignature: 'c2ln' } : {}),
        [isSnake ? 'function_call' : 'functionCall']: {
          ...idAt(index),
          name,
          ...(args === undefined ? {} : { args }),
        },
      },
    ]);
    const answers = calls.map(({ name, response }, index) => ({
      [isSnake ? 'function_response' : 'functionResponse']: {
        ...(ids === 'calls only' ? {} : idAt(index)),
        name,
        response,
      },
    }));
    // Without ids, responses of one name go by their order.
    const ordered = ids === 'all' && isReversed ? answers.reverse() : answers;
    return [
      { ...extra, role: 'model', parts: asked.flat() },
      { ...extra, role, parts: [...lead, ...ordered, ...rest] },
    ];
  });

const alone = (message: JsonObject) => [message];
const turns = fc.array(fc.oneof(user.map(alone), model.map(alone), exchange), { maxLength: 8 });

const systems = fc.oneof(
  always(undefined),
  visibleTexts,
  blend(
    maybe('role', fc.constantFrom('user', 'system')),
    field('parts', fc.array(field('text', visibleTexts), { minLength: 1, maxLength: 2 })),
  ),
);

export const geminiConversations: fc.Arbitrary<Conversation> = fc
  .tuple(user, turns, systems)
  .map(([first, others, system]) => {
    const messages: JsonObject[] = [first];
    for (const turn of others as JsonObject[][]) {
      // A call comes after a user or function response turn.
      if (turn.length > 1 && messages.at(-1)?.['role'] === 'model') messages.push(first);
      messages.push(...turn);
    }
    // Random values may hold what JSON can't tell apart.
    const plain = JSON.parse(JSON.stringify({ messages, system })) as Conversation;
    return plain;
  });
