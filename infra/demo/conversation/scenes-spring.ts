import { priceList } from './price-list.ts';
import { calls, late, pinned, reply, type Scene, system, user } from './script.ts';

/** Told in full: how it began, and what went wrong until April. */
export const SPRING_SCENES: readonly Scene[] = [
  {
    at: '2026-01-12T09:05',
    lines: [
      system(
        'You help with the project "Boathouse": a ceramics studio moves into an old boathouse at Quay 7, Port Ellery, and opens with a market day. Be brief. Keep every number, date, order number and file path exactly. Amounts are in EUR. Ask before you spend more than 500. Files are under the project folder; use the tools for offers, orders, calendar and files.',
      ),
      user(
        'Good morning. I signed for the boathouse. We move a ceramics studio in and open before the summer is over. Where do we start?',
      ),
      reply(
        'Congratulations. Three things decide everything else: the opening date, the money, and what the building allows. May I have the first two?',
      ),
      pinned(
        'Fixed points, please never forget them: opening on Saturday 2026-08-29. Total budget 38,500 EUR. The landlord’s contract is LC-4471, rent 1,150 a month from 2026-02-01. I am allergic to walnuts, so no walnut oil on anything.',
      ),
      reply(
        'Kept: 2026-08-29, 38,500 EUR, LC-4471 at 1,150 from 2026-02-01, no walnut oil. Then the survey comes first: it tells us what the floor carries.',
      ),
    ],
  },
  {
    at: '2026-01-13T18:20',
    lines: [
      user('What is in the folder that the landlord sent?'),
      calls(
        {
          name: 'list_files',
          args: { path: 'landlord/' },
          result: {
            files: ['contract-LC-4471.pdf', 'floor-plan-1962.tif', 'keys.txt', 'house-rules.md'],
          },
        },
        {
          name: 'read_file',
          args: { path: 'landlord/keys.txt' },
          result: 'Key 11 front, key 12 slipway, key 14 loft, key 15 is lost since 1998.',
        },
        {
          name: 'read_file',
          args: { path: 'landlord/house-rules.md' },
          result:
            '1. No open fire on the slipway.\n2. Quiet from 22:00 to 07:00.\n3. The crane is not a toy.\n4. The gulls were here first.',
        },
      ),
      reply(
        'A contract, a floor plan of 1962, four keys of which one (15) is lost, and house rules. Rule 2 matters for firings: the kiln’s contactor clicks at night.',
      ),
      user('Rule 4 matters most.'),
      reply('I will not disturb the gulls.'),
    ],
  },
  {
    at: '2026-01-22T08:30',
    lines: [
      user(
        'Decision time: kiln room north or south? North is damp, south has the only window with a view.',
      ),
      reply(
        'North, if it is dried first: the kiln heats the wall anyway, the way from the meter is 31 m instead of 52 m, and people get the window. Cost: a fan and about 400 for the lime plaster.',
      ),
      user('North. The view is for people. Write it down as decision 1.'),
      calls({
        name: 'append_file',
        args: {
          path: 'decisions.md',
          text: 'D1 2026-01-22: kiln room north. View for people, cable 31 m.',
        },
        result: { path: 'decisions.md', lines: 1 },
      }),
      reply('D1 is in decisions.md.'),
    ],
  },
  {
    at: '2026-02-10T13:15',
    lines: [
      user('Here is the price list of Northlight. Which celadons do they have, and at what price?'),
      calls({
        name: 'read_file',
        args: { path: 'suppliers/northlight-2026.csv' },
        result: priceList(),
      }),
      reply(
        'Nine celadons, NL-C1 to NL-C9, in five sizes each. The 5 kg tub is between 38.40 and 51.20. NL-C5, the blue-green one for 1240 °C, is 44.80.',
      ),
      user('NL-C5. That is the colour of the water here in March.'),
      reply('Then the boathouse celadon is NL-C5. I keep that as decision 2.'),
    ],
  },
  {
    at: '2026-02-18T07:45',
    lines: [
      user('Find out whether the city wants a permit for the sign on the quay side.'),
      calls({
        name: 'ask_office',
        args: { office: 'Port Ellery building office', subject: 'sign, 2.4 × 0.6 m, Quay 7' },
        label: 'sign permit',
      }),
      reply('I asked the building office. They answer by post, so this can take a while.'),
      user('By post. In this century.'),
      reply('On the seal of the city there is a carrier pigeon, to be fair.'),
    ],
  },
  {
    at: '2026-02-19T15:55',
    lines: [
      late('sign permit', {
        office: 'Port Ellery building office',
        permitNeeded: true,
        form: 'BA-12',
        fee: 85,
        weeks: 5,
      }),
      reply('The answer is here sooner: yes, form BA-12, fee 85.00, about five weeks.'),
      user('Fill it in, I sign it tonight.'),
      calls({
        name: 'write_file',
        args: { path: 'permits/BA-12-sign.pdf', fields: { width: '2.4 m', height: '0.6 m' } },
        result: { path: 'permits/BA-12-sign.pdf', pages: 2 },
      }),
      reply('permits/BA-12-sign.pdf waits for your signature on page 2.'),
    ],
  },
  {
    at: '2026-02-27T19:30',
    skewMinutes: -7_200,
    lines: [
      user(
        'Note from my phone, it had no network on the island since Sunday: the clay mixer of the closed school is for sale, 300, needs a belt type SPZ-1250.',
      ),
      reply(
        'Taken over from your note: clay mixer, 300.00, belt SPZ-1250 (about 18.00). Shall I ask them to hold it?',
      ),
      user('Yes, until Monday.'),
      calls({
        name: 'send_message',
        args: { to: 'school office', text: 'Please hold the clay mixer until 2026-03-02.' },
        result: { sent: true, id: 'msg-5512' },
      }),
      reply('They hold it until 2026-03-02, message msg-5512.'),
    ],
  },
  {
    at: '2026-03-03T10:20',
    lines: [
      user('Is the mixer worth it? Check what new ones cost.'),
      calls({ name: 'search_offers', args: { query: 'pugmill 50 kg', quantity: 1 } }),
      user('It hangs, does it?'),
      reply(
        'The search did not answer, and I would rather not guess. From the catalogue we have: the smallest new pugmill is 3,450. For 318 with the belt, the old one is a bargain even if it lasts two years.',
      ),
      user('Then buy it. Decision 3: the mixer from the school.'),
      reply('Bought for 300.00, pick-up on 2026-03-07 with the trailer. D3 is written down.'),
    ],
  },
  {
    at: '2026-03-18T20:10',
    lines: [
      user('The exchange wheel: which serial number goes back?'),
      calls({
        name: 'read_file',
        args: { path: 'studio/machines.csv' },
        result:
          'machine,serial,state\nwheel 1,DS050Q-2201,ok\nwheel 2,DS050Q-2202,ok\nwheel 3,DS050Q-2203,ok\nwheel 4,DS050Q-2207,hums\nwheel 5,DS050Q-2209,ok\nwheel 6,DS050Q-2210,ok',
      }),
      reply('Wheel 4 with the serial DS050Q-2207, under RMA-3391.'),
      user('Gone with the courier. He asked for a signature in blood, almost.'),
      reply('Return noted on 2026-03-18. The new one should come by 2026-03-25.'),
    ],
  },
  {
    at: '2026-04-15T08:00',
    lines: [
      user('Reminder for the second exit: what is missing?'),
      calls(
        {
          name: 'read_file',
          args: { path: 'permits/FI-2026-311.md' },
          result:
            'Open: second exit from the glazing room, min. 90 cm, opens outwards, sign above.',
        },
        {
          name: 'calendar_list',
          args: { day: '2026-04-17' },
          result: { day: '2026-04-17', events: ['Mason, 08:00'] },
        },
      ),
      reply(
        'The opening itself (90 cm), a door that opens outwards, and a lit sign. The mason is booked for 2026-04-17 at 08:00, so the wall opens on Friday.',
      ),
      user('And the sign?'),
      reply(
        'Emergency sign ES-230 is 64.00 at Quay Electrical, in stock. Under 500, so I ordered it.',
      ),
      user('That is how I like it.'),
    ],
  },
];
