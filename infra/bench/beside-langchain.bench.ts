import { type CloudWorkspace, withCloud } from './cloud-workspace.ts';
import { countReads, type ReadMeter } from './count-reads.ts';
import { langchainHistory } from './langchain-history.ts';
import { spreadOf, spreadOfRatio, timeInTurn } from './measure.ts';
import type { Findings } from './result.ts';
import { draft, USER } from './workspace.ts';

const TURNS = 1_000;
/** Rows of the table. */
const TOLD_TURNS = [1, 10, 100, TURNS];
const LAST = 50;
const ROUNDS = { rounds: 9, calls: 10 };

/** A party to the comparison: what one turn of a conversation needs of a memory. */
interface Party {
  /** Everything, or what the next model call should be told: what there is to ask for. */
  recall(): Promise<unknown>;
  /** What the user said and what was answered. */
  remember(index: number): Promise<unknown>;
  readonly reads: ReadMeter;
}

/**
 * The same conversation kept by LangChain's Firestore history and by Strata, on one emulator: document
 * reads of all of its turns as they go over the wire, and the time that its last 50 messages take.
 */
export async function besideLangchain(): Promise<Findings> {
  return withCloud(async (cloud) => {
    const langchain = langchainHistory(cloud.emulatorHost);
    try {
      const parties = {
        Strata: strata(cloud, 'hot'),
        'Strata without its hot tier': strata(cloud, 'flushed', () => forget(cloud)),
        LangChain: {
          recall: () => langchain.getMessages(),
          remember: (index: number) =>
            langchain.addTurn(draft(2 * index).content, draft(2 * index + 1).content),
          reads: countReads(langchain.firestore),
        },
      };
      const counted: (readonly number[])[] = [];
      for (const party of Object.values(parties)) counted.push(await converse(party));
      const table = {
        title: `Documents read by a conversation of ${TURNS.toLocaleString('en')} turns`,
        columns: ['turns', ...Object.keys(parties)],
        rows: TOLD_TURNS.map((turns, row) => [turns, ...counted.map((reads) => reads[row] ?? 0)]),
      };
      const last = async () => lastOf(await langchain.getMessages());
      return { figures: await timeLast(cloud, last), table };
    } finally {
      await langchain.close();
    }
  });
}

function strata(cloud: CloudWorkspace, sessionId: string, before = async () => {}): Party {
  const { memory } = cloud.system;
  const session = { userId: USER, sessionId };
  return {
    async recall() {
      await before();
      return memory.context({ ...session, format: 'openai', explain: false });
    },
    remember: (index) =>
      memory.append({
        ...session,
        items: [draft(2 * index), draft(2 * index + 1)],
        startedAtMs: Date.now(),
        isEvent: false,
      }),
    reads: countReads(cloud.own),
  };
}

/** The hot tier loses what it has: this process's memory and Redis. */
async function forget({ system, redis }: CloudWorkspace): Promise<void> {
  await system.cache.clear();
  await redis.flushall();
}

/** @returns documents read up to each of the turns that the table tells. */
async function converse({ recall, remember, reads }: Party): Promise<readonly number[]> {
  const told: number[] = [];
  const before = reads.documents();
  for (let turn = 1; turn <= TURNS; turn++) {
    await recall();
    await remember(turn - 1);
    if (TOLD_TURNS.includes(turn)) told.push(reads.documents() - before);
  }
  return told;
}

/** The end of the conversation, which both have in full by now. */
async function timeLast(cloud: CloudWorkspace, langchain: () => Promise<readonly string[]>) {
  const session = { userId: USER, sessionId: 'hot' };
  const strata = async () => {
    const { memory } = cloud.system;
    const { items } = await memory.history({ ...session, order: 'desc', limit: LAST });
    return items.map(({ content }) => content).reverse();
  };
  const expected = Array.from({ length: LAST }, (_, i) => draft(2 * TURNS - LAST + i).content);
  for (const found of [await langchain(), await strata()]) {
    if (found.join() !== expected.join()) throw new Error('The last messages are not right');
  }
  const { hot, durable, theirs } = await timeInTurn(
    {
      hot: strata,
      durable: async () => {
        await forget(cloud);
        return strata();
      },
      theirs: langchain,
    },
    ROUNDS,
  );
  return {
    messages: 2 * TURNS,
    [`last ${LAST}, Strata, p50 ms`]: spreadOf(hot),
    [`last ${LAST}, Strata from Firestore, p50 ms`]: spreadOf(durable),
    [`last ${LAST}, LangChain, p50 ms`]: spreadOf(theirs),
    [`last ${LAST}, LangChain over Strata`]: spreadOfRatio(theirs, hot),
    [`last ${LAST}, LangChain over Strata from Firestore`]: spreadOfRatio(theirs, durable),
  };
}

const lastOf = (messages: readonly { readonly content: unknown }[]): readonly string[] =>
  messages.slice(-LAST).map(({ content }) => String(content));
