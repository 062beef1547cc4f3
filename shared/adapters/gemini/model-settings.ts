import type { GenerationConfig, ThinkingLevel } from './gemini-api.ts';

/** Tokens left for thinking, which `maxOutputTokens` counts together with the answer. */
const THINKING_TOKENS: Readonly<Record<ThinkingLevel, number>> = { MINIMAL: 512, LOW: 2_048 };

/** From this version on, Gemini takes no temperature of one's own. */
const NO_TEMPERATURE_FROM = 3.6;
/** The last version whose Flash models take the level MINIMAL; Flash-Lite always does. */
const MINIMAL_FLASH_UP_TO = 3.6;

/**
 * How a model is asked for a summary: the same answer every time as far as the model allows it, and
 * as little thinking as it takes. A level that a model does not know is a 400: Flash takes MINIMAL
 * up to 3.6 and LOW from 3.7 on, Pro takes LOW
 * (https://docs.cloud.google.com/vertex-ai/generative-ai/docs/thinking, 2026-11).
 */
export function settingsOf(model: string, maxTokens: number): GenerationConfig {
  const version = versionOf(model);
  const level = thinkingLevelOf(model, version);
  const isFixed = version !== undefined && version >= NO_TEMPERATURE_FROM;
  return {
    ...(isFixed ? {} : { temperature: 0 }),
    candidateCount: 1,
    maxOutputTokens: maxTokens + (level ? THINKING_TOKENS[level] : 0),
    ...(level ? { thinkingConfig: { thinkingLevel: level } } : {}),
  };
}

/** `gemini-3.5-flash` → 3.5; `undefined` for a name that tells no version, such as a tuned model's. */
function versionOf(model: string): number | undefined {
  const found = /(?:^|\/)gemini-(\d+(?:\.\d+)?)-/.exec(model)?.[1];
  return found === undefined ? undefined : Number(found);
}

function thinkingLevelOf(model: string, version: number | undefined): ThinkingLevel | undefined {
  // Before 3, a model was told a number of tokens instead of a level.
  if (version === undefined || version < 3) return undefined;
  const isMinimal =
    model.includes('-flash-lite') || (model.includes('-flash') && version <= MINIMAL_FLASH_UP_TO);
  return isMinimal ? 'MINIMAL' : 'LOW';
}
