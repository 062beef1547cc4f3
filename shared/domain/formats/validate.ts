import { assertNever } from '../../kernel/app-error.ts';
import type { Json, JsonObject } from '../../kernel/json.ts';
import type { Format } from '../item.ts';
import { anthropicViolations } from './validate-anthropic.ts';
import { geminiViolations } from './validate-gemini.ts';
import { openaiViolations } from './validate-openai.ts';

/**
 * Says, in words, why a provider would refuse these messages; empty when it would take them.
 * An empty list of messages passes: what the user says next completes it.
 */
export function validateMessages(
  format: Format,
  messages: readonly JsonObject[],
  system?: Json,
): string[] {
  switch (format) {
    case 'openai':
      return openaiViolations(messages);
    case 'anthropic':
      return anthropicViolations(messages, system);
    case 'gemini':
      return geminiViolations(messages, system);
    default:
      return assertNever(format);
  }
}
