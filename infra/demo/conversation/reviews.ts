import { type Order, totalOf } from './order.ts';
import { calls, type Line, money, reply, type Scene, user } from './script.ts';

/** What the project may cost in all; it stands in a pinned message too. */
const BUDGET = 38_500;

const REVIEW_DAYS = [
  '2026-01-31T18:00',
  '2026-02-28T18:30',
  '2026-03-31T17:45',
  '2026-04-30T18:10',
  '2026-05-31T19:00',
  '2026-06-30T18:20',
  '2026-07-31T17:30',
  '2026-08-31T18:00',
];

const OPENINGS = [
  'End of the month. Where does the money stand?',
  'Monthly look at the budget, please.',
  'How much did we order so far, and what is left?',
  'Numbers, please. I have a tea and I am sitting.',
];

/** At the end of every month: what was ordered, what is left of the budget, what is on its way. */
export const reviewScenes = (orders: readonly Order[]): Scene[] =>
  REVIEW_DAYS.map((at, index) => {
    const ordered = orders.filter(({ on }) => on < at).sort((a, b) => (a.on < b.on ? -1 : 1));
    return { at, lines: [...moneyLines(ordered, index), ...pendingLines(ordered, at)] };
  });

function moneyLines(ordered: readonly Order[], index: number): Line[] {
  const sum = ordered.reduce((total, order) => total + totalOf(order), 0);
  const rows = ordered.map(
    (order) => `${order.orderNo},${order.from},${order.what},${money(totalOf(order))}`,
  );
  const largest = ordered.toSorted((a, b) => totalOf(b) - totalOf(a))[0];
  return [
    user(OPENINGS[index % OPENINGS.length] ?? ''),
    calls({
      name: 'read_file',
      args: { path: 'budget/orders.csv' },
      result: ['order,supplier,what,total', ...rows].join('\n'),
    }),
    reply(
      `${ordered.length} orders, ${money(sum)} of ${money(BUDGET)}, so ${money(BUDGET - sum)} are left. ` +
        `The largest is ${largest?.orderNo} with ${money(largest ? totalOf(largest) : 0)}.`,
    ),
  ];
}

function pendingLines(ordered: readonly Order[], at: string): Line[] {
  const pending = ordered.filter(({ arrivedOn }) => arrivedOn > at);
  const list = pending.map(
    ({ orderNo, what, arrivedOn }) => `${orderNo} (${what}, ${arrivedOn.slice(0, 10)})`,
  );
  return [
    user('And what is still on its way?'),
    reply(list.length > 0 ? `Still expected: ${list.join('; ')}.` : 'Nothing: everything is here.'),
  ];
}
