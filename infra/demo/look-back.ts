import { DAY_MS, HOUR_MS } from '../../shared/kernel/clock.ts';
import { checkBytesGone, countFound, needlesOf } from './checks/bytes.ts';
import { checkDisposable } from './checks/cache.ts';
import { checkDurable } from './checks/durable.ts';
import { checkErased } from './checks/erased.ts';
import { historyFaults } from './checks/history.ts';
import { checkIsolation } from './checks/isolation.ts';
import { checkHome } from './checks/one-home.ts';
import { checkOrder } from './checks/order.ts';
import { checkOneSummaryEach, checkSummary } from './checks/summary.ts';
import type { Play } from './play.ts';
import type { Tick } from './progress.ts';
import { counted } from './report/figures.ts';
import { SentSession, textOf } from './sent.ts';
import type { Inside } from './stage.ts';

const NEIGHBOUR_TEXTS = [
  'The harbour café opens at seven.',
  'Two croissants and the paper, please.',
];
/** Sessions whose answers are compared with and without the cache. */
const CACHE_SESSIONS = 5;
const SETTLE_DAYS = 4;

/** When all is said: looks at every session once more, from all sides. */
export async function lookBack(play: Play, tick: Tick): Promise<string> {
  const { begun, findings, stage } = play;
  const { client, inside } = stage;
  await stage.settle();
  let originals = 0;
  for (const [index, sent] of begun.entries()) {
    tick(index, begun.length, sent.name.sessionId);
    findings.add(checkOrder(sent, await client.history(sent.name)));
    findings.add(await checkHome(client, sent));
    const examined = await checkSummary(client, sent);
    originals += examined.looked['original'] ?? 0;
    findings.add(examined);
    findings.add(await checkIsolation(client, sent, `${play.userId}-stranger`));
  }
  findings.add(checkOneSummaryEach(await client.summaries(play.userId)));
  if (inside) {
    await inside.restart(() => Promise.resolve());
    findings.add(await checkDurable(client, begun));
    for (const sent of begun.slice(0, CACHE_SESSIONS))
      findings.add(await checkDisposable(client, sent, () => inside.dropCache()));
  }
  return `${counted(begun.length, 'session')} read from all sides, ${counted(originals, 'original')} behind summaries`;
}

/** Erases the user beside a neighbour who stays, and looks for what is left. */
export async function erase(play: Play): Promise<string> {
  const { begun, findings, stage } = play;
  const { client, inside } = stage;
  const neighbour = await moveIn(play);
  if (inside) await letSettle(play, inside);
  const needles = inside ? needlesIn(play, inside) : [];
  const before = inside ? countFound(await inside.readFiles(), needles) : 0;
  const { receipt, examined } = await checkErased(client, begun, {
    pass: () => inside?.clock.advance(HOUR_MS),
    settle: () => stage.settle(),
  });
  findings.add(examined);
  if (inside) {
    const after = countFound(await inside.readFiles(), needles);
    const counted = { found: before, needles: needles.length };
    findings.add(checkBytesGone(counted, { found: after }));
  }
  const faults = historyFaults(neighbour, await client.history(neighbour.name));
  findings.add({ invariant: 11, looked: { neighbour: 1 }, faults });
  await client.erase(neighbour.name.userId);
  const { sessions, items, segments, summaries } = receipt;
  const parts = [
    counted(sessions, 'session'),
    counted(items, 'item'),
    counted(segments, 'segment'),
    counted(summaries, 'summary'),
  ];
  return parts.join(', ');
}

/** The checks read everything: some days later it is cold again, and segments are there to erase. */
async function letSettle({ stage }: Play, { clock }: Inside): Promise<void> {
  for (let day = 0; day < SETTLE_DAYS; day++) {
    clock.advance(DAY_MS);
    await stage.client.migrate();
  }
}

/** Somebody else with a session of the same name. */
async function moveIn(play: Play): Promise<SentSession> {
  const sessionId = play.begun[0]?.name.sessionId ?? 'session';
  const neighbour = new SentSession({ userId: `${play.userId}-neighbour`, sessionId });
  const messages = NEIGHBOUR_TEXTS.map((content) => ({ role: 'user', content }));
  const { body } = await play.stage.client.append(neighbour.name, { format: 'openai', messages });
  neighbour.add(messages, body.items);
  return neighbour;
}

/** What must be found on the disk before, and not after: the texts, and the compressed blocks. */
function needlesIn(play: Play, inside: Inside): Buffer[] {
  const messages = play.begun.flatMap(({ items }) => items.map(({ message }) => message));
  const texts = needlesOf(messages.map((message) => textOf(message) ?? ''));
  const blocks = inside.reads.blocks.flatMap((block) => {
    const middle = Math.floor(block.length / 2);
    return block.length < 64 ? [] : [block.subarray(middle, middle + 32)];
  });
  return [...texts, ...blocks];
}
