import { isJsonObject, type Json, type JsonObject } from '../../kernel/json.ts';
import type { Format, ItemDraft } from '../item.ts';
import { readAnthropic } from './anthropic-read.ts';
import { checkAnthropic, checkAnthropicSystem } from './anthropic-shape.ts';
import { readGemini } from './gemini-read.ts';
import { checkGemini, checkGeminiSystem } from './gemini-shape.ts';
import { readOpenai } from './openai-read.ts';
import { checkOpenai } from './openai-shape.ts';
import { Shape } from './shape.ts';

interface Reader {
  readonly check: (message: JsonObject, path: string, shape: Shape) => void;
  readonly checkSystem: (system: Json, shape: Shape) => void;
  readonly read: (messages: readonly JsonObject[], system?: Json) => ItemDraft[];
}

const READERS: Readonly<Record<Format, Reader>> = {
  openai: {
    check: checkOpenai,
    checkSystem: (_system, shape) => {
      shape.fault('system', 'is a message of its own in this format');
    },
    read: readOpenai,
  },
  anthropic: { check: checkAnthropic, checkSystem: checkAnthropicSystem, read: readAnthropic },
  gemini: { check: checkGemini, checkSystem: checkGeminiSystem, read: readGemini },
};

/**
 * Reads provider messages as items: one each, but a user message with tool results becomes one item
 * a result, and one more for what the user said behind them. Fields that no item has are kept in
 * `source.message`, so that `renderMessages` gives back what came in. Empty system text is none.
 *
 * @param system Anthropic's `system` or Gemini's `systemInstruction`: it becomes the first item.
 * @throws AppError `invalid-argument` with a path for every fault, such as `messages.3.role`.
 */
export function parseMessages(
  format: Format,
  messages: readonly JsonObject[],
  system?: Json,
): ItemDraft[] {
  const { check, checkSystem, read } = READERS[format];
  const shape = new Shape();
  if (system !== undefined) checkSystem(system, shape);
  messages.forEach((message, index) => {
    const path = `messages.${index}`;
    if (isJsonObject(message)) check(message, path, shape);
    else shape.fault(path, 'must be an object');
  });
  shape.assertSound();
  return read(messages, system);
}
