import type { JsonObject } from '../../shared/kernel/json.ts';

const user = (content: string): JsonObject => ({ role: 'user', content });
const assistant = (content: string): JsonObject => ({ role: 'assistant', content });

type Call = readonly [id: string, name: string, args: JsonObject];

const call = (...calls: readonly Call[]): JsonObject => ({
  role: 'assistant',
  content: null,
  tool_calls: calls.map(([id, name, args]) => ({
    id,
    type: 'function',
    function: { name, arguments: JSON.stringify(args) },
  })),
});
const result = (id: string, value: JsonObject): JsonObject => ({
  role: 'tool',
  tool_call_id: id,
  content: JSON.stringify(value),
});

/** The message of this place in the list is pinned. */
export const PINNED_SEQ = 4;

/** A conversation with an agent, as an OpenAI client holds it. */
export const MESSAGES: readonly JsonObject[] = [
  { role: 'system', content: 'You plan trips by train. Ask before you book.' },
  user('Hello! Two of us want to go from Lisbon to Porto on Friday, 6 March 2026, back on Sunday.'),
  assistant('Gladly. What may it cost, and is there something that you need on board?'),
  user(
    'At most 120 € for both. One of us uses a wheelchair, so we need a ramp and a space for it.',
  ),
  call(['c1', 'find_trains', { from: 'Lisbon', to: 'Porto', date: '2026-03-06' }]),
  result('c1', {
    trains: [
      { id: 'AP-131', departs: '14:09', arrives: '17:02', priceEur: 34.5, ramp: true },
      { id: 'IC-527', departs: '15:30', arrives: '18:44', priceEur: 25.5, ramp: false },
    ],
  }),
  assistant('AP-131 at 14:09 has a ramp and costs 34.50 € each. IC-527 is cheaper, without one.'),
  user(
    'Then we take AP-131. Our customer number is CP-7720418, and mail goes to trips@example.org.',
  ),
  call(['c2', 'find_trains', { from: 'Porto', to: 'Lisbon', date: '2026-03-08' }]),
  result('c2', {
    trains: [{ id: 'AP-184', departs: '18:47', arrives: '21:40', priceEur: 24.9, ramp: true }],
  }),
  assistant('Back on Sunday: AP-184 at 18:47 with a ramp, 24.90 € each. That is 118.80 € in all.'),
  user('Good, that is within our limit. Please book both.'),
  call(['c3', 'book', { trains: ['AP-131', 'AP-184'], customer: 'CP-7720418', ramp: true }]),
  result('c3', { booking: 'QX4-99107', state: 'confirmed', totalEur: 118.8 }),
  assistant('Booked: QX4-99107, 118.80 €, with a ramp on both trains.'),
  user('Thanks! Where do we stay? Something near São Bento, step-free.'),
  assistant(
    'I know three step-free hotels within 500 m of São Bento. From what price on is it too much?',
  ),
  user('80 € a night, two nights.'),
  call(['c4', 'find_hotels', { near: 'São Bento', stepFree: true, maxEur: 80 }]),
  result('c4', { hotels: [{ id: 'H-219', walkMetres: 350, priceEur: 74 }] }),
  assistant('H-219 is 350 m away, step-free, for 74 € a night.'),
  user('Take it. Is breakfast included?'),
  call(['c5', 'hotel_details', { id: 'H-219' }], ['c6', 'lift_status', { station: 'São Bento' }]),
  result('c5', { breakfast: 'from 7:30, 9 € each' }),
  result('c6', { lifts: 'all in service' }),
  assistant('Breakfast costs 9 € each, from 7:30. All lifts at São Bento are in service.'),
  user('Fine, without breakfast. What do we have to do on Friday, and when?'),
];
