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
} from './arbitraries.contract.ts';
import type { Conversation } from './formats.contract.ts';

const textPart = blend(extras, always({ type: 'text' }), field('text', texts));
const imagePart = always({
  type: 'image_url',
  image_url: { url: 'data:image/png;base64,iVBORw0KGgo=', detail: 'low' },
});
const audioPart = always({ type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } });
const textList = fc.array(textPart, { minLength: 1, maxLength: 3 });
const mixedList = fc.array(fc.oneof(textPart, imagePart, audioPart), {
  minLength: 1,
  maxLength: 3,
});

const user = blend(
  extras,
  maybe('name', names),
  always({ role: 'user' }),
  field('content', fc.oneof(texts, mixedList)),
);
const system = blend(
  extras,
  field('role', fc.constantFrom('system', 'developer')),
  field('content', fc.oneof(texts, textList)),
);
const refusalPart = blend(always({ type: 'refusal' }), field('refusal', texts));
const assistant = blend(
  extras,
  always({ role: 'assistant' }),
  fc.oneof(
    field('content', texts),
    field('content', fc.array(fc.oneof(textPart, refusalPart), { minLength: 1, maxLength: 2 })),
    always({ content: null, refusal: 'No.' }),
    always({ content: null, audio: { id: 'audio_1' } }),
  ),
);

const argumentTexts = fc.oneof(
  objects.map((value) => JSON.stringify(value)),
  texts,
);
const functionCall = blend(field('name', names), field('arguments', argumentTexts));
const call = fc.oneof(
  blend(extras, always({ type: 'function' }), field('function', functionCall)),
  blend(
    always({ type: 'custom' }),
    field('custom', blend(field('name', names), field('input', texts))),
  ),
);
const silence = fc.oneof(
  always({}),
  always({ content: null }),
  field('content', texts),
  field('content', textList),
);

const exchange = fc
  .record({
    message: blend(extras, silence, maybe('refusal', always(null)), always({ role: 'assistant' })),
    calls: fc.array(call, { minLength: 1, maxLength: 4 }),
    /** A small number, so that ids come again in later messages. */
    firstId: fc.nat(5),
    results: fc.array(
      blend(
        extras,
        maybe('name', names),
        always({ role: 'tool' }),
        field(
          'content',
          fc.oneof(
            texts,
            textList,
            objects.map((value) => JSON.stringify(value)),
          ),
        ),
      ),
      { minLength: 4, maxLength: 4 },
    ),
    isReversed: fc.boolean(),
  })
  .map(({ message, calls, firstId, results, isReversed }) => {
    const ids = calls.map((_call, index) => `call_${firstId + index}`);
    const answers = ids.map((id, index) => ({ ...results[index], tool_call_id: id }));
    const named = calls.map((entry, index) => ({ ...entry, id: ids[index] ?? '' }));
    return [{ ...message, tool_calls: named }, ...(isReversed ? answers.reverse() : answers)];
  });

const legacyExchange = fc
  .tuple(
    blend(always({ role: 'assistant', content: null }), field('function_call', functionCall)),
    fc.oneof(texts, always(null)),
  )
  .map(([message, content]): JsonObject[] => {
    const { name } = message['function_call'] as { readonly name: string };
    return [message, { role: 'function', name, content }];
  });

const alone = (message: JsonObject) => [message];

export const openaiConversations: fc.Arbitrary<Conversation> = fc
  .array(
    fc.oneof(user.map(alone), assistant.map(alone), system.map(alone), exchange, legacyExchange),
    { maxLength: 10 },
  )
  .map((turns) => ({ messages: turns.flat() as JsonObject[] }));
