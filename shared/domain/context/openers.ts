import { isBlank } from '../formats/fields.ts';
import { CONTENT_TYPES, type Format, type Item, isSystem } from '../item.ts';
import type { Arrangement } from './arrangement.ts';

/**
 * How many openers the renderer may put into a context: one where it would begin with the model
 * (Anthropic, Gemini), and one before every call that follows the model's words (Gemini). Never
 * less than it does: whether a blank message is left out is its business.
 */
export function openersOf(format: 'raw' | Format, parts: Arrangement): number {
  if (format === 'raw' || format === 'openai') return 0;
  let openers = 0;
  // A memory message begins as the user, and is moved to the front where that is needed.
  let last: 'nothing' | 'user' | 'model' = parts.memory === undefined ? 'nothing' : 'user';
  for (const { items } of [...parts.before, ...parts.recent]) {
    const [item] = items;
    if (!item || isSystem(item)) continue;
    const speaker = speakerOf(item);
    if (speaker === 'user') {
      if (!isBlank(item.content)) last = 'user';
      continue;
    }
    const isRefused = last === 'model' && speaker === 'call' && format === 'gemini';
    if (last === 'nothing' || isRefused) openers++;
    // A call ends with its results, which the user gives.
    last = speaker === 'call' ? 'user' : 'model';
  }
  return openers;
}

function speakerOf({ contentType, toolCalls = [] }: Item): 'user' | 'model' | 'call' {
  if (contentType === CONTENT_TYPES.toolCall) return toolCalls.length > 0 ? 'call' : 'model';
  return contentType === CONTENT_TYPES.assistant ? 'model' : 'user';
}
