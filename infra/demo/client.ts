import type { Json, JsonObject } from '../../shared/kernel/json.ts';
import type { FunctionName } from '../../shared/topology.ts';
import type {
  AppendAnswer,
  ContextAnswer,
  ContextQuery,
  CoverageAnswer,
  ErasureAnswer,
  ItemAnswer,
  MetricsAnswer,
  MigrationAnswer,
  Page,
  SessionAnswer,
  SessionName,
  SummaryAnswer,
} from './answers.ts';
import { DemoError } from './demo-error.ts';

/** What came back: the body is parsed JSON, or `undefined` where there was none. */
export interface Answer<T = Json> {
  readonly status: number;
  readonly body: T;
}

export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Behind the base URL, for example `/read-items/context?userId=u1`. */
  readonly path: string;
  readonly body?: unknown;
}

/** How calls reach a system. Checks are tested against transports that lie. */
export type Transport = (call: HttpCall) => Promise<Answer<unknown>>;

const PAGE_ITEMS = 500;

/** The contract of the HTTP functions, as far as the demo uses it. */
export class Client {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  append(session: SessionName, fields: JsonObject): Promise<Answer<AppendAnswer>> {
    return this.#send({ method: 'POST', path: '/write-items', body: { ...session, ...fields } });
  }

  pin(itemId: string): Promise<Answer<ItemAnswer>> {
    return this.#send({ method: 'PATCH', path: `/write-items/${itemId}`, body: { pinned: true } });
  }

  /** One call of any method to one item, in the name of a user. */
  itemAs(method: 'GET' | 'PATCH' | 'DELETE', itemId: string, userId: string) {
    const name = method === 'GET' ? 'read-items' : 'write-items';
    const path = `/${name}/${itemId}?${query({ userId })}`;
    const body = method === 'PATCH' ? { body: { pinned: true } } : {};
    return this.#send<ItemAnswer>({ method, path, ...body });
  }

  async item(itemId: string): Promise<ItemAnswer> {
    return this.#need({ method: 'GET', path: `/read-items/${itemId}` });
  }

  /** The newest items, newest last. */
  async newest(session: SessionName, limit: number): Promise<readonly ItemAnswer[]> {
    const path = `/read-items/history?${query({ ...session, limit, order: 'desc' })}`;
    const { items } = await this.#need<Page<ItemAnswer>>({ method: 'GET', path });
    return items.toReversed();
  }

  /** The whole history, page by page. */
  history(session: SessionName): Promise<readonly ItemAnswer[]> {
    return this.#pages(`/read-items/history?${query({ ...session, limit: PAGE_ITEMS })}`);
  }

  context(session: SessionName, options: ContextQuery): Promise<Answer<ContextAnswer>> {
    const path = `/read-items/context?${query({ ...session, ...options })}`;
    return this.#send({ method: 'GET', path });
  }

  coverage(session: SessionName): Promise<CoverageAnswer> {
    return this.#need({ method: 'GET', path: `/read-items/coverage?${query(session)}` });
  }

  summary(summaryId: string, owner: { readonly userId?: string } = {}) {
    const path = `/read-items/summaries/${summaryId}?${query(owner)}`;
    return this.#send<SummaryAnswer>({ method: 'GET', path });
  }

  /** The originals that a summary stands for. */
  originals(summaryId: string): Promise<readonly ItemAnswer[]> {
    const options = query({ expand: true, limit: PAGE_ITEMS });
    return this.#pages(`/read-items/summaries/${summaryId}?${options}`);
  }

  async sessions(userId: string): Promise<readonly SessionAnswer[]> {
    const sessions: SessionAnswer[] = [];
    for (let cursor: string | undefined; ; ) {
      const path = `/read-items/sessions?${query({ userId, limit: PAGE_ITEMS, cursor })}`;
      const page = await this.#need<Page<never> & { readonly sessions: readonly SessionAnswer[] }>({
        method: 'GET',
        path,
      });
      sessions.push(...page.sessions);
      cursor = page.nextCursor;
      if (cursor === undefined) return sessions;
    }
  }

  /** Every summary that a user's sessions have had, from the export. */
  async summaries(userId: string): Promise<readonly (SummaryAnswer & SessionName)[]> {
    const path = `/read-items/export?${query({ userId })}`;
    const lines = await this.#need<unknown>({ method: 'GET', path });
    const text = typeof lines === 'string' ? lines : JSON.stringify(lines ?? '');
    return text
      .split('\n')
      .filter((line) => line !== '' && line !== '""')
      .map((line) => JSON.parse(line))
      .filter(({ type }) => type === 'summary');
  }

  migrate(): Promise<MigrationAnswer> {
    return this.#need({ method: 'POST', path: '/migrate-tiers', body: {} });
  }

  metrics(): Promise<MetricsAnswer> {
    return this.#need({ method: 'POST', path: '/collect-metrics', body: {} });
  }

  erase(userId: string): Promise<Answer<ErasureAnswer>> {
    return this.#send({ method: 'POST', path: '/erase-user', body: { userId } });
  }

  receipt(receiptId: string): Promise<Answer<ErasureAnswer>> {
    return this.#send({ method: 'GET', path: `/erase-user/${receiptId}` });
  }

  health(): Promise<Answer<JsonObject>> {
    return this.#send({ method: 'GET', path: '/read-items/healthz' });
  }

  /** Delivers a command as Pub/Sub does, under this message id. */
  deliver(target: FunctionName, messageId: string, data: JsonObject): Promise<Answer<unknown>> {
    const encoded = Buffer.from(JSON.stringify(data)).toString('base64');
    const body = { message: { data: encoded, attributes: {}, messageId }, subscription: 'demo' };
    return this.#send({ method: 'POST', path: `/${target}`, body });
  }

  async #pages(path: string): Promise<readonly ItemAnswer[]> {
    const items: ItemAnswer[] = [];
    for (let more = ''; ; ) {
      const page = await this.#need<Page<ItemAnswer>>({ method: 'GET', path: `${path}${more}` });
      items.push(...page.items);
      if (page.nextCursor === undefined) return items;
      more = `&${query({ cursor: page.nextCursor })}`;
    }
  }

  /** The casts in here trust the contract: what an answer really holds is what the checks look at. */
  async #send<T>(call: HttpCall): Promise<Answer<T>> {
    return (await this.#transport(call)) as Answer<T>;
  }

  /** @throws DemoError when the answer is none of 2xx. */
  async #need<T>(call: HttpCall): Promise<T> {
    const { status, body } = await this.#send<T>(call);
    if (status >= 200 && status < 300) return body;
    throw refused(call, { status, body });
  }
}

/** What a call was answered that should have worked. */
export function refused({ method, path }: HttpCall, { status, body }: Answer<unknown>): DemoError {
  const at = path.split('?')[0] ?? path;
  return new DemoError(
    `${method} ${at} answered ${status}: ${JSON.stringify(body)?.slice(0, 300)}`,
  );
}

function query(fields: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) given.set(name, String(value));
  }
  return given.toString();
}
