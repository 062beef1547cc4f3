import { expect, it } from 'vitest';
import { FIRESTORE_USD, modelCostUsd } from './prices.ts';

const MILLION = { inputTokens: 1_000_000, outputTokens: 1_000_000 };

it.each([
  ['gemini-3.5-flash', 10.5],
  ['gemini-3.5-flash-001', 10.5],
  ['gemini-3.5-flash-lite-preview-09-2026', 2.8],
  ['gemini-3-flash-preview', 3.5],
  ['gemini-2.5-pro', 11.25],
])('a million tokens in and out of %s cost %d dollars', (model, usd) => {
  expect(modelCostUsd({ model, ...MILLION })).toBeCloseTo(usd, 9);
});

it.each(['gemini-1.5-pro', 'gemini-3.5-flashy', 'extractive', ''])(
  'says nothing of %j, which has no price here',
  (model) => {
    expect(modelCostUsd({ model, ...MILLION })).toBeUndefined();
  },
);

it('charges a million reads, writes and deletes as Firestore does', () => {
  expect(FIRESTORE_USD.read * 1e6).toBeCloseTo(0.6, 9);
  expect(FIRESTORE_USD.write * 1e6).toBeCloseTo(1.8, 9);
  expect(FIRESTORE_USD.delete * 1e6).toBeCloseTo(0.2, 9);
});
