import type { JsonObject } from '../../../shared/kernel/json.ts';
import type { ContextAnswer, ItemAnswer, SessionName } from '../answers.ts';
import { callsOf, contentTypeOf, type SentItem, SentSession, textOf } from '../sent.ts';

/** A session of these messages, each acknowledged with ten tokens a minute after the one before. */
export function sentSession(messages: readonly JsonObject[], sessionId = 's1'): SentSession {
  const sent = new SentSession({ userId: 'u1', sessionId });
  const acknowledged = messages.map((_, index) => ({
    id: `${sessionId}-${index + 1}`,
    seq: index + 1,
    tokens: 10,
    createdAt: `2026-01-01T00:${String(index + 1).padStart(2, '0')}:00.000Z`,
  }));
  sent.add(messages, acknowledged);
  return sent;
}

/** A user, a call with its result, and an answer. */
export const EXCHANGE: readonly JsonObject[] = [
  { role: 'user', content: 'Where is order ER-20417?' },
  {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'c1', type: 'function', function: { name: 'track', arguments: '{}' } }],
  },
  { role: 'tool', tool_call_id: 'c1', content: 'At the depot.' },
  { role: 'assistant', content: 'It is at the depot.' },
];

/** An item as a system answers it that keeps what it was sent. */
export function itemOf({ name, pinnedSeqs }: SentSession, item: SentItem): ItemAnswer {
  const { id, seq, tokens, createdAt, message } = item;
  const calls = callsOf(message);
  const toolCallId = message['tool_call_id'];
  return {
    ...name,
    id,
    seq,
    tokens,
    createdAt,
    content: textOf(message) ?? '',
    contentType: contentTypeOf(message) ?? '',
    tier: 'hot',
    accessCount: 0,
    pinned: pinnedSeqs.has(seq),
    ...(calls.length > 0 ? { toolCalls: calls } : {}),
    ...(typeof toolCallId === 'string' ? { toolCallId } : {}),
  };
}

/** All of a session in one context. */
export const contextOf = (sent: SentSession, budget = 1_000): ContextAnswer => ({
  summary: null,
  facts: [],
  items: sent.items.map((item) => itemOf(sent, item)),
  messages: sent.items.map(({ message }) => message),
  tokens: { total: sent.tokens, budget, counter: 'estimate' },
  omitted: { count: 0, summarised: 0, uncovered: 0 },
});

const NOTHING: ContextAnswer = {
  summary: null,
  facts: [],
  items: [],
  tokens: { total: 0, budget: 1_000, counter: 'estimate' },
  omitted: { count: 0, summarised: 0, uncovered: 0 },
};

/** Answers for one session as a system does that keeps its promises; tests replace single answers. */
export function honestClient(sent: SentSession) {
  const isOwn = ({ userId, sessionId }: SessionName) =>
    userId === sent.name.userId && sessionId === sent.name.sessionId;
  const items = () => sent.items.map((item) => itemOf(sent, item));
  const range = { fromSeq: 1, toSeq: sent.lastSeq, summarised: false, tier: 'hot' };
  return {
    history: async (name: SessionName): Promise<readonly ItemAnswer[]> =>
      isOwn(name) ? items() : [],
    newest: async (_name: SessionName, limit: number): Promise<readonly ItemAnswer[]> =>
      items().slice(-limit),
    context: async (name: SessionName) => ({
      status: 200,
      body: isOwn(name) ? contextOf(sent) : NOTHING,
    }),
    coverage: async (name: SessionName) =>
      isOwn(name)
        ? { lastSeq: sent.lastSeq, ranges: [range], gaps: [] as readonly unknown[] }
        : { lastSeq: 0, ranges: [], gaps: [] as readonly unknown[] },
  };
}
