import { trimSentences } from '../../domain/context/trim-sentences.ts';
import { AppError } from '../../kernel/app-error.ts';
import type { GeminiResponse } from './gemini-api.ts';

/** The answer is whole, or it was cut at `maxOutputTokens`. */
const WHOLE = 'STOP';
const CUT = 'MAX_TOKENS';
/** Ends without an answer that the same request may not end with again. */
const PASSING: readonly (string | undefined)[] = [
  undefined,
  'FINISH_REASON_UNSPECIFIED',
  'OTHER',
  'MALFORMED_RESPONSE',
];

/**
 * The summary in an answer, in whole sentences that fit.
 *
 * @param fits whether a text is within the limit.
 * @throws AppError `invalid-argument` when the model refuses this input (safety, recitation …) or
 *   cannot answer within the limit; `unavailable` when it gave nothing for no such reason.
 */
export function readSummary(response: GeminiResponse, fits: (text: string) => boolean): string {
  const blockReason = response.promptFeedback?.blockReason;
  if (blockReason !== undefined) throw refused(blockReason);
  const candidate = response.candidates?.[0];
  const reason = candidate?.finishReason;
  const text = (candidate?.content?.parts ?? [])
    .filter(({ thought }) => thought !== true)
    .map((part) => part.text ?? '')
    .join('')
    .toWellFormed()
    .trim();
  if (reason === WHOLE || reason === CUT) return sentencesOf(text, reason, fits);
  if (PASSING.includes(reason)) throw nothing(reason);
  throw refused(reason);
}

function sentencesOf(text: string, reason: string, fits: (text: string) => boolean): string {
  if (text === '' && reason === WHOLE) throw nothing(reason);
  // The last sentence of a cut answer is none: half a sentence can say the opposite of a whole one.
  const isShort = (part: string) => reason === WHOLE || part.length < text.length;
  const kept = trimSentences(text, (part) => isShort(part) && fits(part));
  if (kept === undefined) throw refused(reason === CUT ? CUT : 'OVER_LIMIT');
  return kept;
}

const refused = (reason: string | undefined) =>
  new AppError('invalid-argument', `Gemini gave no summary of this conversation: ${reason}`, {
    details: { reason },
  });

const nothing = (reason: string | undefined) =>
  new AppError('unavailable', 'Gemini answered without a text', { details: { reason } });
