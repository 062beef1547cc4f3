import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anItem } from '../../testing/builders.ts';
import { HARD_UNITS } from '../../testing/hard-units.ts';
import type { FactKind } from '../head.ts';
import { CONTENT_TYPES } from '../item.ts';
import { extractFacts } from './facts.ts';

/** `kind: text` of each fact in a message. */
const factsIn = (content: string): string[] =>
  extractFacts([anItem(1, { content })]).map(({ kind, text }) => `${kind}: ${text}`);

const resultFacts = (value: unknown): string[] =>
  extractFacts([
    anItem(1, { content: JSON.stringify(value), contentType: CONTENT_TYPES.toolResult }),
  ]).map(({ kind, text }) => `${kind}: ${text}`);

describe('extractFacts', () => {
  it('finds nothing in small talk', () => {
    expect(factsIn('ok, thanks a lot! see you')).toEqual([]);
  });

  it.each<[string, FactKind, string]>([
    ['You have seat 14C today', 'number', 'seat 14C'],
    ['My weight is 86 kg now', 'number', 'weight is 86 kg'],
    ['Humidity stays under 45.5% there', 'number', 'Humidity stays under 45.5%'],
    ['Please bring 2-3 towels.', 'number', 'bring 2-3 towels'],
    ['The total is $1,284.50.', 'money', 'total is $1,284.50'],
    ['It costs 300-600 EUR', 'money', 'costs 300-600 EUR'],
    ['- **Price:** $146', 'money', 'Price:** $146'],
    ['Cabin: Economy ($112), Business', 'money', 'Economy ($112)'],
    ['We leave on 2026-03-14', 'date', 'leave on 2026-03-14'],
    ['Logged 2026-03-14T09:26:53.589Z', 'date', 'Logged 2026-03-14T09:26:53.589Z'],
    ['I fly on May 27.', 'date', 'fly on May 27'],
    ['born 3 November 1984', 'date', 'born 3 November 1984'],
    ['wir fahren am 3. März 2026 los', 'date', 'wir fahren am 3. März 2026'],
    ['llegamos el 5 de julio', 'date', 'llegamos el 5 de julio'],
    ['we met last Friday', 'date', 'met last Friday'],
    ['Call me at 10:30 pm', 'time', 'Call me at 10:30 pm'],
    ['the ticket is FLX-2291, thanks', 'id', 'ticket is FLX-2291'],
    ['My user ID is mia_li_3668.', 'id', 'user ID is mia_li_3668'],
    ['flight HAT123 leaves', 'id', 'flight HAT123'],
    ['reservation ID AQLBTL', 'id', 'reservation ID AQLBTL'],
    ['order 7719023 came', 'id', 'order 7719023'],
    ['see 8f14e45f-ceea-467f-a0e6-4e2b8f1c1b9d', 'id', 'see 8f14e45f-ceea-467f-a0e6-4e2b8f1c1b9d'],
    ['write to ines.calder+home@example.co.uk!', 'email', 'ines.calder+home@example.co.uk'],
    ['docs: https://example.com/a?b=1#c.', 'url', 'https://example.com/a?b=1#c'],
    ['edit /etc/nginx/nginx.conf first', 'path', '/etc/nginx/nginx.conf'],
    ['open shared/domain/head.ts and', 'path', 'shared/domain/head.ts'],
    ['it is in C:\\Users\\ines\\notes', 'path', 'C:\\Users\\ines\\notes'],
    ['run `npm ci --omit=dev` now', 'command', 'npm ci --omit=dev'],
    ['$ git status\non main', 'command', 'git status'],
    ['she said "never at the lake" again', 'quote', '"never at the lake"'],
    ['I moved to San Francisco once', 'name', 'San Francisco'],
    ['then Ministry of Health called', 'name', 'Ministry of Health'],
  ])('in "%s" finds the %s "%s"', (content, kind, text) => {
    expect(factsIn(content)).toContain(`${kind}: ${text}`);
  });

  it('finds figures, dates, times, money and titles in Chinese, Japanese and Korean', () => {
    expect(factsIn('我身高170厘米，体重86公斤')).toEqual([
      'number: 身高170厘米',
      'number: 体重86公斤',
    ]);
    expect(factsIn('我们10月28日上午9点出发，人均预算200元')).toEqual([
      'date: 10月28日',
      'time: 上午9点',
      'money: 人均预算200元',
    ]);
    expect(factsIn('昨天读了《北平往事》')).toEqual(['quote: 《北平往事》']);
    expect(factsIn('会議は3月5日の15時です')).toEqual(['date: 会議は3月5日', 'time: 15時']);
    expect(factsIn('회의는 3월 5일 오후 3시 입니다')).toEqual([
      'date: 회의는 3월 5일',
      'time: 오후 3시',
    ]);
  });

  it('gives a stretch of text to the most specific kind alone', () => {
    expect(factsIn('mail ab12@example.com')).toEqual(['email: ab12@example.com']);
    expect(factsIn('at https://example.com/2026-01-02/x.pdf')).toEqual([
      'url: https://example.com/2026-01-02/x.pdf',
    ]);
    expect(factsIn('run `curl https://example.com -o /tmp/a.txt`')).toEqual([
      'command: curl https://example.com -o /tmp/a.txt',
    ]);
  });

  it('takes ordinals, measures and joined words for no ids, and a list number for no figure', () => {
    expect(factsIn('the 2nd time a 20-year-old came')).not.toContain('id: 20-year-old');
    expect(factsIn('1. Wash it\n2. Dry it')).toEqual([]);
    expect(factsIn('4\n17')).toEqual([]);
  });

  it('takes a capital at the start of a sentence, in a label or in shouting for no name', () => {
    expect(factsIn('Sure. Could you wait? Perhaps.')).toEqual([]);
    expect(factsIn('Flight Number: none')).toEqual([]);
    expect(factsIn('PLEASE READ THIS NOW')).toEqual([]);
  });

  it('takes no greeting or cheer before a name for a part of it', () => {
    expect(factsIn('Congrats Joanna! Bye Mila Stone, whoa.')).toEqual([
      'name: Joanna',
      'name: Mila Stone',
    ]);
    expect(factsIn('After Lisbon, we rest')).toEqual(['name: Lisbon']);
  });

  it('leaves a time whole that stands before a date', () => {
    expect(factsIn('They spoke at 1:56 pm on 8 May, 2023.')).toEqual([
      'time: spoke at 1:56 pm',
      'date: 8 May, 2023',
    ]);
    expect(factsIn('9:14 am on March 3')).toEqual(['time: 9:14 am', 'date: March 3']);
  });

  it('begins with a word that says something', () => {
    expect(factsIn('He paid his second instalment last week')).toEqual([
      'date: second instalment last week',
    ]);
    expect(factsIn("They're only 6 km away")).toEqual(['number: only 6 km']);
  });

  it('takes the single capitals of a German text for no names', () => {
    const german =
      'wir haben die Wohnung im Herbst gekauft und danach den Garten mit der Hilfe von Freunden und einer Firma umgebaut';
    expect(factsIn(german)).toEqual([]);
  });

  it('keeps the order of the text and the seq of the item', () => {
    const facts = extractFacts([
      anItem(4, { content: 'order FLX-2291 on 2026-03-14' }),
      anItem(9, { content: 'paid $20' }),
    ]);
    expect(facts).toEqual([
      { seq: 4, kind: 'id', text: 'order FLX-2291' },
      { seq: 4, kind: 'date', text: '2026-03-14' },
      { seq: 9, kind: 'money', text: 'paid $20' },
    ]);
  });

  it('finds an id at the end of a long message', () => {
    expect(factsIn(`${'and so on '.repeat(2_000)}order FLX-2291`)).toEqual(['id: order FLX-2291']);
  });

  it('says a fact once per item, however often it stands there', () => {
    expect(factsIn('flight HAT123 or flight HAT123')).toEqual(['id: flight HAT123']);
  });

  it('keeps at most 24 facts of a message, the most specific kinds first', () => {
    const figures = Array.from({ length: 40 }, (_, index) => `take ${index + 10} pills.`).join(' ');
    const facts = factsIn(`${figures} order FLX-2291`);
    expect(facts).toHaveLength(24);
    expect(facts.at(-1)).toBe('id: order FLX-2291');
  });
});

describe('extractFacts of JSON', () => {
  it('keeps pairs whose key names a fact, word for word', () => {
    expect(
      resultFacts({
        reservation_id: 'ZK4QW9',
        guest: { userId: 'ines_4471', note: 'x', legs: [] },
        dob: '1984-11-02',
      }),
    ).toEqual([
      'id: "reservation_id":"ZK4QW9"',
      'id: "userId":"ines_4471"',
      'date: "dob":"1984-11-02"',
    ]);
  });

  it('keeps a small object with an id whole, so that its amount has a meaning', () => {
    expect(resultFacts({ cards: { c1: { amount: 157, id: 'gift_card_70' } } })).toEqual([
      'id: {"amount":157,"id":"gift_card_70"}',
    ]);
  });

  it('keeps of a long list only its beginning', () => {
    const rows = Array.from({ length: 50 }, (_, index) => ({ id: `row-${index}`, price: index }));
    expect(resultFacts(rows)).toEqual([
      'id: {"id":"row-0","price":0}',
      'id: {"id":"row-1","price":1}',
      'id: {"id":"row-2","price":2}',
      'id: {"id":"row-3","price":3}',
    ]);
  });

  it('finds ids in a list of bare values', () => {
    expect(resultFacts(['HAT123', 'HAT456'])).toEqual(['id: HAT123', 'id: HAT456']);
  });

  it('reads the arguments of tool calls, given as text or as a value', () => {
    const call = (args: string | { readonly order_id: string }) =>
      extractFacts([
        anItem(3, {
          content: '',
          contentType: CONTENT_TYPES.toolCall,
          toolCalls: [{ id: 'c1', name: 'get_order', arguments: args }],
        }),
      ]);
    const fact = { seq: 3, kind: 'id', text: '"order_id":"FLX-2291"' };
    expect(call('{"order_id":"FLX-2291"}')).toEqual([fact]);
    expect(call({ order_id: 'FLX-2291' })).toEqual([fact]);
  });
});

describe('extractFacts of any text', () => {
  const PIECES = [
    'order FLX-2291',
    ' $1,284.50 ',
    '2026-03-14',
    '“x y”',
    '\u{1f600}',
    '\ud83d',
    '`a b`',
    '\n',
    ': ',
    ' (3 kg)',
  ];

  it('gives only stretches of the text, and cuts no character in two', () => {
    const text = fc.array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary' })));
    fc.assert(
      fc.property(text, (parts) => {
        const content = parts.join('');
        for (const fact of extractFacts([anItem(1, { content })])) {
          expect(content).toContain(fact.text);
          expect(fact.text).not.toBe('');
          if (content.isWellFormed()) expect(fact.text.isWellFormed()).toBe(true);
        }
      }),
    );
  });

  // How the time grows is measured by `npm run bench -- facts`; what never ends would end here.
  it.each(Object.entries(HARD_UNITS))('comes to an end with 256 KiB of %s', (_, unit) => {
    const content = unit.repeat(Math.ceil(262_144 / unit.length));
    const facts = extractFacts([anItem(1, { content }), anItem(2, { content: `{${content}}` })]);
    expect(facts.length).toBeLessThanOrEqual(2 * 24);
  });
});
