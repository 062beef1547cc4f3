import { assertNever } from '../../kernel/app-error.ts';
import type { Format } from '../item.ts';

/** What a format adds to the texts of its messages, in tokens: roles, separators, frames of calls. */
export interface Overhead {
  /** Once for all: where the prompt begins, and where the model is to go on. */
  readonly prompt: number;
  /** A message. */
  readonly message: number;
  /** A call, beside its name and arguments. */
  readonly call: number;
  /** The result of a call, beside its text. */
  readonly result: number;
  /** Messages that hold calls and their results; `spoken`: one where text is said with the calls. */
  readonly frames: number | 'spoken';
  /** A result repeats the name of its call. */
  readonly namesResults: boolean;
  /** Arguments are objects: those that are none are put into one. */
  readonly wrapsArguments: boolean;
  /** The memory message has a name of its own. */
  readonly memoryName?: string;
}

/** The name of the memory message, where messages have names. */
export const MEMORY_NAME = 'memory_summary';

/** Nothing is rendered: an allowance for whatever the caller writes, by message. */
const RAW: Overhead = {
  prompt: 0,
  message: 4,
  call: 0,
  result: 4,
  frames: 1,
  namesResults: false,
  wrapsArguments: false,
};

/**
 * Three tokens a message and one for its role, three where the answer begins, one for a name: OpenAI's
 * cookbook (https://github.com/openai/openai-cookbook/blob/main/examples/How_to_count_tokens_with_tiktoken.ipynb).
 * How calls are rendered is published for its open models only
 * (https://github.com/openai/openai-cookbook/blob/main/articles/openai-harmony.md), and counted from
 * there: `<|start|>assistant<|channel|>commentary to=functions.NAME <|constrain|>json<|message|>…<|call|>`
 * and `<|start|>functions.NAME to=assistant<|channel|>commentary<|message|>…<|end|>`. What users were
 * charged is less (https://community.openai.com/t/538914, .../forestwanglin/openai-java/issues/5).
 */
const OPENAI: Overhead = {
  prompt: 3,
  message: 4,
  call: 14,
  result: 11,
  frames: 'spoken',
  namesResults: true,
  wrapsArguments: false,
  memoryName: MEMORY_NAME,
};

/**
 * Gemini's own template is not public. Gemma's is: `<bos>`, `<start_of_turn>user\n…<end_of_turn>\n`
 * for a turn, `<start_of_turn>model\n` at the end (https://ai.google.dev/gemma/docs/formatting), and
 * since Gemma 4 `<|tool_call>call:NAME{…}<tool_call|>` and
 * `<|tool_response>response:NAME{value:<|"|>…<|"|>}<tool_response|>`
 * (https://ai.google.dev/gemma/docs/core/prompt-formatting-gemma4). Google's service charges less for
 * a turn: ten tokens for a chat whose two texts have eight (https://ai.google.dev/api/tokens).
 */
const GEMINI: Overhead = {
  prompt: 4,
  message: 5,
  call: 4,
  result: 10,
  frames: 2,
  namesResults: true,
  wrapsArguments: true,
};

/**
 * Anthropic publishes no figure: an estimate, on the long side. Of the one example in its
 * documentation, 14 tokens, the two texts are 7 (https://platform.claude.com/docs/en/build-with-claude/token-counting).
 * Calls and results are counted as the XML that it published for its first models
 * (https://docs.anthropic.com/en/docs/legacy-tool-use): 37 tokens by Gemma's vocabulary, 27 by o200k.
 */
const ANTHROPIC: Overhead = {
  prompt: 4,
  message: 5,
  call: 37,
  result: 37,
  frames: 2,
  namesResults: true,
  wrapsArguments: true,
};

export function overheadOf(format: 'raw' | Format): Overhead {
  switch (format) {
    case 'raw':
      return RAW;
    case 'openai':
      return OPENAI;
    case 'gemini':
      return GEMINI;
    case 'anthropic':
      return ANTHROPIC;
    default:
      return assertNever(format);
  }
}
