import { sha256 } from '../../kernel/key.ts';

// OpenAI takes 40 characters (https://github.com/vercel/ai/issues/5171); six are left for a count.
const LONGEST_ID = 40;
const LONGEST_BASE = LONGEST_ID - 6;
const LONGEST_NAME = 64;
const FOREIGN = /[^a-zA-Z0-9_-]/g;

/**
 * Gives every call of one output an id that the provider takes and that no other call has.
 * Transcripts repeat ids (some models number their calls anew in each turn, and an imported history
 * may use another provider's alphabet); a renamed call and its result always change together.
 */
export class CallIds {
  readonly #next = new Map<string, number>();
  readonly #accepts: RegExp;

  /** @param accepts ids that the provider takes as they are */
  constructor(accepts: RegExp) {
    this.#accepts = accepts;
  }

  /** @param isOwn the provider gave this id itself: its length is not questioned */
  claim(id: string, isOwn: boolean): string {
    const wanted = this.#accepts.test(id) && (isOwn || id.length <= LONGEST_ID) ? id : plainId(id);
    if (!this.#next.has(wanted)) {
      this.#next.set(wanted, 2);
      return wanted;
    }
    const base = wanted.length <= LONGEST_BASE ? wanted : plainId(wanted);
    let count = this.#next.get(wanted) ?? 2;
    while (this.#next.has(`${base}_${count}`)) count++;
    this.#next.set(wanted, count + 1);
    this.#next.set(`${base}_${count}`, 2);
    return `${base}_${count}`;
  }
}

/** Letters that every provider takes; a hash keeps long ids apart that begin alike. */
function plainId(id: string): string {
  const plain = id.replace(FOREIGN, '_') || 'call';
  return plain.length <= LONGEST_BASE ? plain : `${plain.slice(0, 25)}_${sha256(id).slice(0, 8)}`;
}

/**
 * A tool's name in letters that all providers take: OpenAI and Anthropic name `[a-zA-Z0-9_-]`,
 * Gemini also wants a letter or `_` first
 * (https://ai.google.dev/api/caching#FunctionDeclaration).
 */
export function commonToolName(name: string): string {
  const plain = name.replace(FOREIGN, '_').slice(0, LONGEST_NAME) || 'tool';
  return /^[a-zA-Z_]/.test(plain) ? plain : `_${plain.slice(0, LONGEST_NAME - 1)}`;
}
