import { FORMATS } from '../../shared/domain/item.ts';
import type { JsonObject } from '../../shared/kernel/json.ts';
import type { AppendAnswer, ContextQuery } from './answers.ts';
import { checkContext } from './checks/context.ts';
import { checkIdempotent } from './checks/idempotent.ts';
import { checkReadYourWrite } from './checks/read-your-write.ts';
import { refused } from './client.ts';
import type { Conversation, Turn } from './conversation/conversation.ts';
import type { Findings } from './findings.ts';
import type { Progress } from './progress.ts';
import { SentSession } from './sent.ts';
import type { Stage } from './stage.ts';

const BUDGETS = [1, 30, 120, 400, 900, 1_500, 2_500, 4_000, 9_000, 40_000, 1_000_000];
const MAX_ITEMS = [undefined, 40, undefined, 6, undefined, 1, undefined];
const QUERY_FORMATS = ['raw', ...FORMATS] as const;
const REPEAT_EVERY_TURNS = 7;
const RACE_EVERY_TURNS = 5;
/** Many sessions are looked at less often each. */
const MANY_SESSIONS = 10;

/** One of the conversations that are played. */
export interface Role {
  readonly conversation: Conversation;
  readonly sent: SentSession;
}

/** What was sent and what was acknowledged. */
interface Appended {
  readonly request: JsonObject;
  readonly items: AppendAnswer['items'];
}

/** Plays conversations on a stage, and looks at every turn whether the promises hold. */
export class Play {
  readonly stage: Stage;
  readonly userId: string;
  readonly roles: readonly Role[];
  readonly findings: Findings;
  readonly progress: Progress;
  readonly #others: SentSession[] = [];
  #turns = 0;
  #contexts = 0;

  constructor(
    stage: Stage,
    cast: { readonly userId: string; readonly conversations: readonly Conversation[] },
    report: { readonly findings: Findings; readonly progress: Progress },
  ) {
    this.stage = stage;
    this.userId = cast.userId;
    this.roles = cast.conversations.map((conversation) => ({
      conversation,
      sent: new SentSession({ userId: cast.userId, sessionId: conversation.sessionId }),
    }));
    this.findings = report.findings;
    this.progress = report.progress;
  }

  /** Sessions with at least one item. */
  get begun(): readonly SentSession[] {
    const sessions = [...this.roles.map(({ sent }) => sent), ...this.#others];
    return sessions.filter(({ items }) => items.length > 0);
  }

  /** One more session of the same user, beside the conversations. */
  addSession(sessionId: string): SentSession {
    const sent = new SentSession({ userId: this.userId, sessionId });
    this.#others.push(sent);
    return sent;
  }

  /** Appends a turn as an agent does, and checks what can be checked right after. */
  async send(sent: SentSession, turn: Turn): Promise<void> {
    const { client } = this.stage;
    const { request, items } = await this.append(sent, turn);
    this.findings.add(await checkReadYourWrite(client, sent, items));
    if (this.#turns % RACE_EVERY_TURNS === 0) await this.#race(sent);
    if (this.#turns % REPEAT_EVERY_TURNS === 0) {
      const ids = items.map(({ id }) => id);
      this.findings.add(await checkIdempotent(client, sent, request, ids));
    }
    await this.look(sent, this.roles.length > MANY_SESSIONS ? 2 : 6);
  }

  /** Appends a turn and reads nothing. */
  async append(sent: SentSession, turn: Turn): Promise<Appended> {
    this.#turns += 1;
    const request = requestOf(turn, this.#turns);
    const { status, body } = await this.stage.client.append(sent.name, request);
    if (status !== 201) throw refused({ method: 'POST', path: '/write-items' }, { status, body });
    const startSeq = sent.lastSeq + 1;
    const isNext = body.items.every(({ seq }, index) => seq === startSeq + index);
    const faults = isNext ? [] : [`${sent.name.sessionId}: seqs do not go on from ${startSeq}`];
    this.findings.add({ invariant: 5, looked: {}, faults });
    sent.add(turn.messages, body.items);
    await this.#pin(sent, turn, body.items);
    return { request, items: body.items };
  }

  /** Asks for contexts with ever other formats, budgets and limits. */
  async look(sent: SentSession, count: number): Promise<void> {
    for (let index = 0; index < count; index++) {
      const query = this.#nextQuery();
      const counter = this.stage.inside?.counter;
      this.findings.add(...(await checkContext(this.stage.client, sent, query, counter)));
    }
  }

  #nextQuery(): ContextQuery {
    const at = this.#contexts++;
    const maxItems = MAX_ITEMS[at % MAX_ITEMS.length];
    return {
      tokenBudget: BUDGETS[at % BUDGETS.length] ?? 1,
      format: QUERY_FORMATS[at % QUERY_FORMATS.length] ?? 'raw',
      ...(maxItems === undefined ? {} : { maxItems }),
    };
  }

  async #pin(sent: SentSession, { pins = [] }: Turn, items: AppendAnswer['items']): Promise<void> {
    for (const place of pins) {
      const id = items[place]?.id;
      if (id === undefined) continue;
      const { status, body } = await this.stage.client.pin(id);
      if (status !== 200)
        throw refused({ method: 'PATCH', path: '/write-items' }, { status, body });
      sent.pinnedSeqs.add(body.seq);
    }
  }

  /** The same request for a summary, delivered twice at once: it must make one summary. */
  async #race({ name, lastSeq }: SentSession): Promise<void> {
    const command = { version: 1, ...name };
    const id = `race-${name.sessionId}-${lastSeq}`;
    const { client } = this.stage;
    await Promise.all([
      client.deliver('summarize-session', id, command),
      client.deliver('summarize-session', id, command),
      client.deliver('summarize-session', `${id}-again`, command),
    ]);
  }
}

const requestOf = ({ messages, createdAtMs }: Turn, turn: number): JsonObject => ({
  format: 'openai',
  messages,
  idempotencyKey: `turn-${turn}`,
  ...(createdAtMs === undefined ? {} : { createdAt: new Date(createdAtMs).toISOString() }),
});
