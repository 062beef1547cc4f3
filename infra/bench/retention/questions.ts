import { z } from 'zod';
import type { ItemDraft } from '../../../shared/domain/item.ts';
import type { Played } from './played.ts';

const Turn = z.object({ speaker: z.string(), dia_id: z.string(), text: z.string() });
const Question = z.object({
  answer: z.union([z.string(), z.number()]).optional(),
  evidence: z.array(z.string()),
});
const Questioned = z.object({
  sample_id: z.string(),
  qa: z.array(Question),
  conversation: z.looseObject({ speaker_a: z.string() }),
});
type Recording = z.output<typeof Questioned>;
export const QuestionedList = z.array(Questioned);

/**
 * Two people, and questions about what they said. Asked for is, at the end, what of the answers stands
 * to the letter in the turns that answer them.
 */
export function questioned(recording: Recording): Played {
  const turns = turnsOf(recording);
  const texts = new Map(turns.map(({ dia_id, text }) => [dia_id, text]));
  const answers = recording.qa.flatMap(({ answer, evidence }) => {
    const said = evidence.map((id) => texts.get(id) ?? '').join('\n');
    return partsOf(String(answer ?? '')).filter((part) => holds(said, part));
  });
  const wanted = [...new Set(answers)].map((literal) => ({ kind: 'answer', literal }));
  return {
    name: recording.sample_id,
    turns: turns.map((turn) => [draftOf(turn, recording.conversation.speaker_a)]),
    look: (turn) => (turn === turns.length ? { when: 'at the end', wanted } : undefined),
    holds,
  };
}

function turnsOf({ conversation }: Recording): z.output<typeof Turn>[] {
  return Object.keys(conversation)
    .filter((key) => /^session_\d+$/.test(key))
    .sort((a, b) => Number(a.slice(8)) - Number(b.slice(8)))
    .flatMap((key) => z.array(Turn).parse(conversation[key]));
}

const draftOf = ({ speaker, text }: z.output<typeof Turn>, first: string): ItemDraft => ({
  content: text,
  contentType: speaker === first ? 'user_message' : 'assistant_message',
});

const partsOf = (answer: string): string[] =>
  answer
    .split(/,| and /)
    .map((part) => part.replaceAll(/^[\s."']+|[\s."']+$/g, ''))
    .filter((part) => part.length > 2);

/** As words, whatever their case. */
function holds(text: string, literal: string): boolean {
  const escaped = literal.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, 'iu').test(text);
}
