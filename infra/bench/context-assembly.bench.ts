import { tmpdir } from 'node:os';
import { RememberingTokenCounter } from '../../shared/adapters/layered/remembering-token-counter.ts';
import { openSqlite } from '../../shared/adapters/sqlite/open-sqlite.ts';
import { type ContextTask, chooseContext } from '../../shared/app/choose-context.ts';
import type { Memory } from '../../shared/app/memory.ts';
import { headLog } from '../../shared/app/recent-log.ts';
import { openEmbedded } from '../../shared/components/embedded.ts';
import { tokenCounterFor } from '../../shared/components/token-counter-for.ts';
import { overheadOf } from '../../shared/domain/formats/overhead.ts';
import { renderMessages } from '../../shared/domain/formats/render.ts';
import { countableText } from '../../shared/domain/formats/tokens.ts';
import type { Summary } from '../../shared/domain/head.ts';
import type { StoredItem } from '../../shared/domain/item.ts';
import { systemClock } from '../../shared/kernel/clock.ts';
import type { JsonObject } from '../../shared/kernel/json.ts';
import { StrataOptions } from '../../shared/options.ts';
import type { SessionStore } from '../../shared/ports/session-store.ts';
import {
  changeOfScene,
  headOfScene,
  SCENE_SESSION,
  type Scene,
  summaryTo,
} from '../../shared/testing/session-scene.ts';
import { callItem, resultItem, storedItem } from '../../shared/testing/transcripts.ts';
import { spreadOf, spreadOfRatio, timeInTurn } from './measure.ts';
import { loadPeer } from './peers.ts';
import { draft } from './workspace.ts';

const ITEMS = 500;
const BUDGET = 4_000;
/** What a summary leaves alone, as it comes with the defaults. */
const RECENT_ITEMS = 25;
/** Enough of them that both are compiled by the time they count. */
const ROUNDS = { rounds: 9, calls: 400 };

const counter = tokenCounterFor('gemini');

/**
 * A context of 4,000 tokens from a head that holds 500 items with their counts, without a summary
 * and with one of 1,200 tokens, beside LangChain's `trimMessages` on the same messages. The assembly
 * is all that follows the head, up to the messages; the call is what a caller in this process sees.
 */
export async function contextAssembly() {
  const items = Array.from({ length: ITEMS }, (_, index) => itemAt(index + 1));
  const scenes = {
    bare: { items, windowItems: ITEMS },
    summarised: { items, windowItems: ITEMS, summary: longSummary(ITEMS - RECENT_ITEMS) },
  };
  const stores = openSqlite({ path: ':memory:', clock: systemClock });
  const options = StrataOptions.parse({});
  const { memory, close } = await openEmbedded({ options, dataDir: tmpdir(), stores });
  try {
    const bare = assembling(scenes.bare);
    const summarised = assembling(scenes.summarised);
    const alone = await timeInTurn({ bare, summarised }, ROUNDS);
    // In turn with something large each call begins with cold caches, as in a busy process.
    const times = await timeInTurn(
      {
        ...{ bare, summarised },
        bareCall: await calling(memory, stores.store, scenes.bare),
        summarisedCall: await calling(memory, stores.store, scenes.summarised),
        trim: await trimming(items),
      },
      ROUNDS,
    );
    return {
      'assembly without a summary, alone, p50 µs': inMicroseconds(alone.bare),
      'assembly with a summary, alone, p50 µs': inMicroseconds(alone.summarised),
      'assembly without a summary, in turn, p50 µs': inMicroseconds(times.bare),
      'assembly with a summary, in turn, p50 µs': inMicroseconds(times.summarised),
      'call without a summary, in turn, p50 µs': inMicroseconds(times.bareCall),
      'call with a summary, in turn, p50 µs': inMicroseconds(times.summarisedCall),
      'trimMessages, in turn, p50 µs': inMicroseconds(times.trim),
      'trimMessages over assembly without a summary': spreadOfRatio(times.trim, times.bare),
      'trimMessages over assembly with a summary': spreadOfRatio(times.trim, times.summarised),
      'trimMessages over a call without a summary': spreadOfRatio(times.trim, times.bareCall),
    };
  } finally {
    await close();
  }
}

const inMicroseconds = (timesMs: readonly number[]) => spreadOf(timesMs.map((ms) => ms * 1_000));

const QUERY = { format: 'openai', tokenBudget: BUDGET, explain: false } as const;

/** From the head to the messages, as `assembleContext` does it. */
function assembling(scene: Scene): () => Promise<void> {
  const head = headOfScene(scene);
  const unread = new Proxy({}, { get: () => assertUnread }) as SessionStore;
  const task: ContextTask = {
    ...{ head, store: unread, budget: BUDGET, overheadTokens: overheadOf('openai').message },
    asked: { budget: BUDGET, percent: 100 },
    ...{ query: { ...SCENE_SESSION, ...QUERY }, limits: StrataOptions.parse({}) },
    counter: new RememberingTokenCounter(counter),
  };
  return async () => {
    const log = headLog(task);
    const selection = log && chooseContext(task, log)?.selection;
    if (!selection) throw new Error('The head alone does not do');
    const { before, memory, recent, tokens } = selection;
    const parts = { before, recent, ...(memory === undefined ? {} : { memory }) };
    check(renderMessages('openai', parts).messages, tokens);
  };
}

function assertUnread(): never {
  throw new Error('The store was read');
}

async function calling(
  memory: Memory,
  store: SessionStore,
  scene: Scene,
): Promise<() => Promise<void>> {
  const session = { ...SCENE_SESSION, sessionId: scene.summary ? 'summarised' : 'bare' };
  await store.commit(changeOfScene(scene, session));
  return async () => {
    const { messages = [], tokens } = await memory.context({ ...session, ...QUERY });
    check(messages, tokens.total);
  };
}

/** To validate all of it would take longer than to choose it. */
function check(messages: readonly JsonObject[], tokens: number): void {
  const isRight = messages[0]?.['role'] === 'user' && messages.length > 20;
  if (!isRight || tokens > BUDGET || tokens < BUDGET * 0.8) {
    throw new Error(`The context is not right: ${messages.length} messages, ${tokens} tokens`);
  }
}

/** Turns of four: a question, a call, its result, an answer. */
function itemAt(seq: number): StoredItem {
  const { content } = draft(seq);
  const half = content.slice(0, content.length / 2);
  const counted = (item: StoredItem) => ({ ...item, tokens: counter.count(countableText(item)) });
  if (seq % 4 === 2) return counted(callItem(seq, [`call_${seq}`], { content: '' }));
  if (seq % 4 === 3) return counted(resultItem(seq, `call_${seq - 1}`, { content: half }));
  const contentType = seq % 4 === 1 ? 'user_message' : 'assistant_message';
  return counted(storedItem(seq, { content, contentType }));
}

function longSummary(toSeq: number): Summary {
  const sentences = Array.from({ length: 12 }, (_, index) => `${draft(index).content}.`);
  const text = sentences.join(' ');
  return { ...summaryTo(toSeq), text, tokens: counter.count(text) };
}

/** The part of `@langchain/core/messages` that is used here. */
interface LangChainMessages {
  readonly HumanMessage: MessageClass;
  readonly AIMessage: MessageClass;
  readonly ToolMessage: MessageClass;
  trimMessages(messages: readonly Message[], options: object): Promise<readonly Message[]>;
}
type MessageClass = new (fields: object) => Message;
interface Message {
  readonly id: string;
}

/**
 * With the counts that are stored, by id, and our overhead of a message: the newest that fit,
 * beginning with the user, so that no result is without its call.
 */
async function trimming(items: readonly StoredItem[]) {
  const { trimMessages, ...classes } = loadPeer<LangChainMessages>('@langchain/core/messages');
  const messages = items.map((item) => messageOf(item, classes));
  const { message } = overheadOf('openai');
  const counts = new Map(items.map(({ seq, tokens }) => [String(seq), tokens + message]));
  const tokenCounter = (some: readonly Message[]) =>
    some.reduce((sum, { id }) => sum + (counts.get(id) ?? 0), 0);
  const options = { maxTokens: BUDGET, strategy: 'last', startOn: 'human', tokenCounter };
  const step = () => trimMessages(messages, options);
  const kept = await step();
  if (kept.at(-1)?.id !== String(ITEMS) || tokenCounter(kept) > BUDGET || kept.length < 20) {
    throw new Error('trimMessages does not do what it is compared for');
  }
  return step;
}

function messageOf(
  { seq, content, contentType, toolCalls = [], toolCallId }: StoredItem,
  { HumanMessage, AIMessage, ToolMessage }: Omit<LangChainMessages, 'trimMessages'>,
): Message {
  const fields = { id: String(seq), content };
  switch (contentType) {
    case 'user_message':
      return new HumanMessage(fields);
    case 'tool_result':
      return new ToolMessage({ ...fields, tool_call_id: toolCallId });
    default: {
      const calls = toolCalls.map(({ id, name, arguments: args }) => ({ id, name, args }));
      return new AIMessage({ ...fields, tool_calls: calls });
    }
  }
}
