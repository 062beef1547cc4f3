import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ADVICE } from '../../shared/domain/metrics/alert-advice.ts';
import { ALL_METRICS } from '../../shared/domain/metrics/catalogue.ts';
import { OPERATIONS, operationsPage } from './operations.ts';

it('the operations page is up to date: `npm run docs` writes it', () => {
  expect(readFileSync(OPERATIONS, 'utf8')).toBe(operationsPage());
});

it('the operations page has a row for every metric, with its meaning, and for every advice', () => {
  const rows = operationsPage().split('\n');
  for (const { name, meaning } of ALL_METRICS) {
    expect(rows.filter((row) => row.startsWith(`| \`${name}\` | ${meaning} |`))).toHaveLength(1);
  }
  for (const [path, advice] of ADVICE) expect(rows).toContain(`| \`${path}\` | ${advice} |`);
});
