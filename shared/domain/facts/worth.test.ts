import { describe, expect, it } from 'vitest';
import type { Fact, FactKind } from '../head.ts';
import { byWorth, worthOf } from './worth.ts';

const worth = (kind: FactKind, text: string): number => worthOf({ seq: 1, kind, text });

describe('worthOf', () => {
  it.each<[number, FactKind, string]>([
    [4, 'id', 'order FLX-2291'],
    [4, 'path', '/etc/hosts'],
    [4, 'decision', 'We decided to wait'],
    [3, 'number', 'weighs 55.5 kg'],
    [3, 'money', 'total is $1,284.50'],
    [3, 'date', '2026-03-14'],
    [3, 'number', '体重86.5公斤'],
    [2, 'number', '20 minutes'],
    [2, 'number', 'about 250 people'],
    [2, 'number', 'etwa 250 Gäste'],
    [2, 'number', '大概300人'],
    [2, 'date', 'May 2'],
    [2, 'quote', '“never again”'],
    [2, 'name', 'Northgate Library'],
    [2, 'name', 'LedgerWriter'],
    [1, 'date', 'last Friday'],
    [1, 'date', '下周三'],
    [1, 'id', '"order_id":"FLX-2291"'],
    [1, 'id', '{"amount":157,"id":"gift_card_70"}'],
    [0, 'name', 'Ines'],
  ])('is %i for the %s "%s"', (expected, kind, text) => {
    expect(worth(kind, text)).toBe(expected);
  });
});

describe('byWorth', () => {
  const order = (facts: readonly Fact[]): string[] => byWorth(facts).map(({ text }) => text);

  it('puts the worthiest first, then what more items said, then the newest', () => {
    expect(
      order([
        { seq: 1, kind: 'name', text: 'Ines' },
        { seq: 2, kind: 'id', text: 'A1' },
        { seq: 3, kind: 'number', text: '125 g', uses: 3 },
        { seq: 4, kind: 'number', text: '250 g' },
        { seq: 5, kind: 'number', text: '375 g' },
      ]),
    ).toEqual(['A1', '125 g', '375 g', '250 g', 'Ines']);
  });

  it('puts a replaced value behind those of its like, also behind what is older', () => {
    expect(
      order([
        { seq: 1, kind: 'number', text: 'table of 180 cm' },
        { seq: 2, kind: 'number', text: 'door of 120 cm' },
        { seq: 3, kind: 'number', text: 'door of 130 cm' },
      ]),
    ).toEqual(['door of 130 cm', 'table of 180 cm', 'door of 120 cm']);
  });
});
