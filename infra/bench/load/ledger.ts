/** An item that the load appended and got an answer for. */
interface Acknowledged {
  readonly sessionId: string;
  readonly seq: number;
  readonly content: string;
}

interface Appended {
  readonly items: readonly { readonly seq: number }[];
}

interface HistoryPage {
  readonly items: readonly { readonly seq: number; readonly content: string }[];
  readonly nextCursor?: string;
}

/** What the load said, what was acknowledged of it, and every other answer by its status. */
export class Ledger {
  readonly userId = 'load';
  readonly #sessions: number;
  readonly #acknowledged: Acknowledged[] = [];
  readonly #statuses = new Map<number, number>();
  #said = 0;
  #lastFailureAtMs = 0;

  constructor(sessions: number) {
    this.#sessions = sessions;
  }

  get acknowledged(): number {
    return this.#acknowledged.length;
  }

  /** When an answer was last none of success, in Unix milliseconds; 0: never. */
  get lastFailureAtMs(): number {
    return this.#lastFailureAtMs;
  }

  /** Answers by status, sorted. */
  get statuses(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#statuses].sort(([a], [b]) => a - b));
  }

  /** A message that nobody said before, in one of the sessions. */
  next(): { readonly sessionId: string; readonly content: string } {
    const number = ++this.#said;
    return {
      sessionId: `s${number % this.#sessions}`,
      content: `Message ${number} costs ${number}.50 EUR.`,
    };
  }

  saw(status: number): void {
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
    if (status >= 300) this.#lastFailureAtMs = Date.now();
  }

  wrote(sessionId: string, content: string, body: string): void {
    const seq = (JSON.parse(body) as Appended).items[0]?.seq ?? 0;
    this.#acknowledged.push({ sessionId, seq, content });
  }

  /** Acknowledged items that are not where they were said to be, and items that are there twice. */
  async check(url: string): Promise<{ readonly lost: number; readonly doubled: number }> {
    const found = new Map<string, string>();
    let items = 0;
    for (let session = 0; session < this.#sessions; session++) {
      for (const { seq, content } of await this.#history(url, `s${session}`)) {
        found.set(content, `s${session} ${seq}`);
        items++;
      }
    }
    const lost = this.#acknowledged.filter(
      ({ sessionId, seq, content }) => found.get(content) !== `${sessionId} ${seq}`,
    );
    return { lost: lost.length, doubled: items - found.size };
  }

  async #history(url: string, sessionId: string) {
    const items: HistoryPage['items'][number][] = [];
    for (let cursor: string | undefined, isFirst = true; isFirst || cursor; isFirst = false) {
      const query = new URLSearchParams({ userId: this.userId, sessionId, limit: '500' });
      if (cursor) query.set('cursor', cursor);
      const response = await fetch(`${url}/read-items/history?${query}`);
      if (!response.ok) throw new Error(`The history answered ${response.status}`);
      const page = (await response.json()) as HistoryPage;
      items.push(...page.items);
      cursor = page.nextCursor;
    }
    return items;
  }
}
