import { calls, pinned, reply, type Scene, user } from './script.ts';

/** Told in full: from the first courses to the opening, and the week after. */
export const SUMMER_SCENES: readonly Scene[] = [
  {
    at: '2026-05-05T09:10',
    lines: [
      user('Customs want papers for the porcelain. Which ones, and where are they?'),
      calls(
        {
          name: 'search_files',
          args: { query: 'GL-2603-19' },
          result: {
            files: [
              'orders/2026-03/gl-2603-19.pdf',
              'orders/2026-03/gl-2603-19-packing.pdf',
              'orders/2026-03/gl-2603-19-origin.pdf',
            ],
          },
        },
        {
          name: 'read_file',
          args: { path: 'orders/2026-03/gl-2603-19-origin.pdf' },
          result: '原产地证书 编号 JX-2026-55871；产品：高岭土 TC-3；数量：40 袋；毛重：812 公斤。',
        },
      ),
      reply(
        'Invoice, packing list and certificate of origin, all under orders/2026-03/. The certificate is JX-2026-55871 over 812 kg.',
      ),
      user('顺便问一下，毛重为什么是 812 公斤，而不是 800 公斤？'),
      reply('多出来的 12 公斤是包装：四十只袋子每只约 0.3 公斤。The pallet is not part of it.'),
    ],
  },
  {
    at: '2026-05-27T18:40',
    lines: [
      user(
        'First glaze firing opened. The celadon ran on three pots, the rest is what I dreamed of.',
      ),
      reply('Which three, and where did they stand? Running is heat or thickness.'),
      user('All on the top shelf, left. Cone there was flat, below it was right.'),
      calls({
        name: 'append_file',
        args: {
          path: 'studio/firings.csv',
          text: '7,P5,1280,11 h 05,94 kWh,top left too hot: 3 pots ran',
        },
        result: { path: 'studio/firings.csv', lines: 7 },
      }),
      reply(
        'So the top left is 15 to 20 °C hotter. For the next load: celadon below, tenmoku on top, soak 10 minutes instead of 20. It is in firings.csv as #7.',
      ),
    ],
  },
  {
    at: '2026-06-05T08:05',
    lines: [
      user('Decision about prices. What does a cup cost us?'),
      calls({
        name: 'calculate',
        args: {
          clay: 0.54,
          glaze: 0.38,
          bisque: 0.41,
          glazeFiring: 0.62,
          minutes: 14,
          wage: 24,
        },
        result: { material: 1.95, labour: 5.6, total: 7.55 },
      }),
      reply(
        '1.95 for clay, glaze and two firings, 5.60 for 14 minutes of work: 7.55. With a third for shop and breakage about 10.00; sold at 24.00 it pays the rent after 82 cups a month.',
      ),
      user('24 for cups, 38 for bowls, 68 for a course. Decision 4.'),
      reply('D4, 2026-06-05: cup 24.00, bowl 38.00, course 68.00. I changed shop/prices.csv.'),
    ],
  },
  {
    at: '2026-06-18T11:30',
    lines: [
      user('What would a second kiln cost us, if the first year goes well? Only dream with me.'),
      reply(
        'A second 300 l kiln is 8,740, the supply would need 100 A instead of 63 A, about 2,900. So 11,640, or 485 cups.',
      ),
      user('485 cups. I start tomorrow.'),
      reply('One a day until autumn next year.'),
    ],
  },
  {
    at: '2026-06-30T16:50',
    skewMinutes: -2_880,
    lines: [
      user(
        'From the tablet in the wheel room, its clock is two days behind: water pressure fell twice today, at 11:20 and 14:05.',
      ),
      reply(
        'Noted with the times as you give them: 11:20 and 14:05. Both are the hours when the café fills its dishwashers. A 50 l tank before our tap would hide that, about 140.00.',
      ),
      user('Get the tank. And tell me when the tablet is right again.'),
      calls({
        name: 'place_order',
        args: { supplier: 'Quay Electrical', sku: 'TANK-50', quantity: 1 },
        result: { orderNo: 'QE-7745', status: 'accepted', total: '139.00', currency: 'EUR' },
      }),
      reply('Tank ordered: QE-7745, 139.00.'),
    ],
  },
  {
    at: '2026-07-08T09:20',
    lines: [
      pinned(
        'New fixed point: the pier may carry at most 60 people at once, says the harbour master, letter HM-2026-77. This holds for the opening and for every course.',
      ),
      reply(
        'Kept: at most 60 people on the pier, HM-2026-77. For the opening I plan two groups and a rope at the steps.',
      ),
      user('How many have said yes so far?'),
      calls({
        name: 'read_file',
        args: { path: 'opening/guests.csv' },
        result:
          'group,invited,yes,no,open\nneighbours,45,31,4,10\npress,8,3,1,4\nfriends,70,52,9,9',
      }),
      reply('86 of 123: 31 neighbours, 3 from the press, 52 friends. 23 have not answered yet.'),
    ],
  },
  {
    at: '2026-07-22T14:15',
    lines: [
      user('If it rains on the 29th: plan B in three lines.'),
      reply(
        'One: chairs into the hall, 54 fit with the wheels against the wall. Two: the rest under the crane, two tents of 4 × 4 m. Three: tea inside, music outside stops at the first drop.',
      ),
      user('Tents: reserve them, we can cancel until when?'),
      calls({
        name: 'place_order',
        args: { supplier: 'Ellery Events', sku: 'TENT-44', quantity: 2 },
        result: {
          orderNo: 'EE-1219',
          status: 'reserved',
          total: '240.00',
          cancelUntil: '2026-08-26',
        },
      }),
      reply('EE-1219: two tents, 240.00, free to cancel until 2026-08-26.'),
    ],
  },
  {
    at: '2026-08-03T08:55',
    lines: [
      user('Was fehlt noch bis zur Eröffnung? Bitte die Liste, nur das Offene.'),
      calls({
        name: 'read_file',
        args: { path: 'opening/checklist.md' },
        result:
          '[x] 1 permit BA-12\n[x] 2 fire FI-2026-311\n[ ] 9 price tags, 300\n[ ] 12 till, card reader CR-9\n[x] 14 boxes BX-61544\n[ ] 17 first aid box DIN 13157\n[ ] 22 music until 21:30\n[ ] 28 rope for the pier, 12 m',
      }),
      reply(
        'Offen sind fünf Punkte: 300 Preisschilder (9), Kasse mit CR-9 (12), Verbandkasten DIN 13157 (17), Musik bis 21:30 (22), Seil für den Steg, 12 m (28).',
      ),
      user('Kasse und Seil mache ich. Der Rest ist deiner.'),
      reply('Gut: Preisschilder, Verbandkasten und die Musik sind meine, bis 2026-08-21.'),
    ],
  },
  {
    at: '2026-08-21T17:35',
    lines: [
      user('Your three points?'),
      calls(
        {
          name: 'track_order',
          args: { orderNo: 'BX-61990' },
          result: { orderNo: 'BX-61990', status: 'delivered', expected: '2026-08-19' },
        },
        {
          name: 'track_order',
          args: { orderNo: 'QE-7801' },
          result: { orderNo: 'QE-7801', status: 'delivered', expected: '2026-08-20' },
        },
        {
          name: 'read_file',
          args: { path: 'opening/music.md' },
          result: 'Ellery Brass, 17:00 to 21:30, 450.00, two breaks, no amplifier.',
        },
      ),
      reply(
        'All three are done: price tags BX-61990, first aid box QE-7801, and Ellery Brass from 17:00 to 21:30 for 450.00.',
      ),
      user('A brass band without amplifier. Good joke.'),
    ],
  },
  {
    at: '2026-08-27T19:05',
    lines: [
      user('Weather for Saturday?'),
      calls({
        name: 'weather',
        args: { place: 'Port Ellery', day: '2026-08-29' },
        result: { rainPercent: 10, windKmh: 14, maxC: 23 },
      }),
      reply('23 °C, 10 % rain, wind 14 km/h. I cancelled the tents on the 26th: EE-1219, no fee.'),
      user('You did not even ask.'),
      reply('It was 240.00 that came back, not 500 that went. But you are right: next time I ask.'),
    ],
  },
  {
    at: '2026-08-29T22:40',
    lines: [
      user(
        'It is done. 171 guests, never more than 60 on the pier. 94 cups, 41 bowls, 12 courses sold. 4,630 EUR in the till.',
      ),
      reply(
        '94 × 24.00 + 41 × 38.00 + 12 × 68.00 = 4,630.00: the till is right to the cent. Written to opening/result.md. Sleep well.',
      ),
    ],
  },
  {
    at: '2026-09-04T10:00',
    lines: [
      user('A week later. What must I not forget from all this?'),
      reply(
        'The chairs’ deposit of 150.00 (EE-1207) has not come back yet. The credit CR-118 of 41.50 from the roof is still open. And the loan’s next payment is 221.54 on 2026-10-01.',
      ),
      user('And the gulls?'),
      reply('Undisturbed.'),
    ],
  },
];
