import { assertNever } from '../../kernel/app-error.ts';
import type { Format } from '../item.ts';
import { writeAnthropic } from './anthropic-write.ts';
import { writeGemini } from './gemini-write.ts';
import { writeOpenai } from './openai-write.ts';
import type { Rendered, RenderInput } from './render-input.ts';

export { OPENER_TEXT, UNANSWERED_RESULT_TEXT } from './placeholders.ts';
export type { Rendered, RenderInput } from './render-input.ts';

/**
 * Writes a context as messages that the provider accepts.
 *
 * Items of the same format come out as they went in; others, and items appended without a format,
 * are written from their own fields (a content type of the caller's own speaks as user). What the
 * provider would refuse is mended: results follow their call at once, a call without a result gets a
 * placeholder, a result without a call is left out, empty text is left out, ids are made unique, and
 * where a provider wants the user to begin, the memory moves to the front or an opener stands there.
 */
export function renderMessages(format: Format, input: RenderInput): Rendered {
  switch (format) {
    case 'openai':
      return { messages: writeOpenai(input) };
    case 'anthropic':
      return writeAnthropic(input);
    case 'gemini':
      return writeGemini(input);
    default:
      return assertNever(format);
  }
}
