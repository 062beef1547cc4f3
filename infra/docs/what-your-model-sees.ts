import { tmpdir } from 'node:os';
import { openSqlite } from '../../shared/adapters/sqlite/open-sqlite.ts';
import type { ContextResult } from '../../shared/app/memory.ts';
import { openEmbedded } from '../../shared/components/embedded.ts';
import type { Verdict } from '../../shared/domain/context/context-report.ts';
import { parseMessages } from '../../shared/domain/formats/parse.ts';
import type { JsonObject } from '../../shared/kernel/json.ts';
import { StrataOptions } from '../../shared/options.ts';
import { ManualClock } from '../../shared/testing/manual-clock.ts';
import { MESSAGES, PINNED_SEQ } from './example-conversation.ts';

/** Small limits, so that the example is short. */
const LIMITS = { maxContextItems: 6, summarizationThreshold: 12 };
const TOKEN_BUDGET = 800;
const SESSION = { userId: 'u1', sessionId: 'trip' };

/** A context of a conversation that was summarised, as Markdown: what the model gets, and why. */
export async function whatYourModelSees(): Promise<string> {
  const { before, after } = await exampleContexts();
  const { messages = [], tokens, omitted, facts, explain = [] } = after;
  return [
    '```js',
    '[',
    ...messages.map((message) => `  ${shown(message)},`),
    ']',
    '```',
    '',
    'where `MEMORY` is, to the letter:',
    '',
    '```text',
    memoryOf(messages),
    '```',
    '',
    '```js',
    `tokens:  ${JSON.stringify(tokens)}`,
    `omitted: ${JSON.stringify(omitted)}`,
    `facts:   [ ${JSON.stringify(facts[0])}, … ${facts.length - 1} more ]`,
    '```',
    '',
    '| explain: seq | kept | reason | tokens |',
    '| --- | --- | --- | --- |',
    ...runsOf(explain).map(rowOf),
    '',
    'Before that summary was written, the same call with `maxItems=6` had this in its place:',
    '',
    '```text',
    memoryOf(before.messages ?? []),
    '```',
  ].join('\n');
}

interface Contexts {
  readonly before: ContextResult;
  readonly after: ContextResult;
}

/** Without a summary yet, and with one. */
async function exampleContexts(): Promise<Contexts> {
  const clock = new ManualClock();
  const stores = openSqlite({ path: ':memory:', clock });
  const options = StrataOptions.parse(LIMITS);
  const { memory, close } = await openEmbedded({ options, dataDir: tmpdir(), clock, stores });
  try {
    const drafts = parseMessages('openai', MESSAGES);
    const items = drafts.map((one, index) => ({ ...one, pinned: index + 1 === PINNED_SEQ }));
    await memory.append({ ...SESSION, items, startedAtMs: clock.now(), isEvent: false });
    const query = {
      ...SESSION,
      tokenBudget: TOKEN_BUDGET,
      format: 'openai',
      explain: true,
    } as const;
    const before = await memory.context({ ...query, maxItems: LIMITS.maxContextItems });
    await memory.summarizeSession(SESSION);
    return { before, after: await memory.context(query) };
  } finally {
    await close();
  }
}

const isMemory = ({ name }: JsonObject): boolean => name === 'memory_summary';

const memoryOf = (messages: readonly JsonObject[]): string =>
  String(messages.find(isMemory)?.['content'] ?? '');

function shown(message: JsonObject): string {
  const json = JSON.stringify(isMemory(message) ? { ...message, content: 'MEMORY' } : message);
  return json.replace('"MEMORY"', 'MEMORY');
}

interface Run {
  readonly from: number;
  readonly to: number;
  readonly kept: boolean;
  readonly reason: string;
  readonly tokens: number;
}

/** Neighbours of the same fate as one. */
function runsOf(verdicts: readonly Verdict[]): readonly Run[] {
  const runs: Run[] = [];
  for (const { seq, kept, reason, tokens } of verdicts) {
    const last = runs.at(-1);
    const isSame = last?.reason === reason && last.kept === kept;
    if (isSame) runs.splice(-1, 1, { ...last, to: seq, tokens: last.tokens + tokens });
    else runs.push({ from: seq, to: seq, kept, reason, tokens });
  }
  return runs;
}

const rowOf = ({ from, to, kept, reason, tokens }: Run): string =>
  `| ${from === to ? from : `${from} – ${to}`} | ${kept ? 'yes' : 'no'} | \`${reason}\` | ${tokens} |`;
