import { expect, it } from 'vitest';
import { ALL_METRICS, METRICS } from '../../domain/metrics/catalogue.ts';
import { descriptorBody } from '../../testing/monitoring-rules.ts';
import { descriptorOf } from './descriptors.ts';

it('says what a metric means, in what unit, and what its labels say', () => {
  expect(descriptorOf(METRICS.modelCost)).toEqual({
    type: 'custom.googleapis.com/strata/model_cost',
    metricKind: 'CUMULATIVE',
    valueType: 'DOUBLE',
    unit: '{USD}',
    displayName: 'Strata: model cost',
    description: 'What the tokens of the model cost by the price table',
    labels: [{ key: 'model', valueType: 'STRING', description: 'name of the model' }],
  });
});

it('makes a descriptor of every metric that the API takes, each of another type', () => {
  const descriptors = ALL_METRICS.map(descriptorOf);
  for (const descriptor of descriptors) expect(descriptorBody.parse(descriptor)).toBeDefined();
  expect(new Set(descriptors.map(({ type }) => type)).size).toBe(ALL_METRICS.length);
});
