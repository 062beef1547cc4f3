import { z } from 'zod';

/** How the series of a filter are brought together. */
export const aggregation = z.strictObject({
  alignmentPeriod: z.string().regex(/^\d+s$/),
  perSeriesAligner: z.string(),
  crossSeriesReducer: z.string().optional(),
  groupByFields: z.string().array().optional(),
});

const FILTER = /^metric\.type="([^"]+)" AND resource\.type="([^"]+)"(.*)$/;
const LABEL = /(metric|resource)\.labels?\."?(\w+)"?/g;

/** What a filter and its aggregation name. */
export interface Query {
  readonly metricType: string;
  readonly resourceType: string;
  readonly metricLabels: readonly string[];
  readonly resourceLabels: readonly string[];
  readonly aggregation: z.output<typeof aggregation>;
}

/** Reads a filter as we write them. @throws TypeError for one of another form. */
export function queryOf(filter: string, how: z.output<typeof aggregation>): Query {
  const [, metricType, resourceType, rest = ''] = FILTER.exec(filter) ?? [];
  if (metricType === undefined || resourceType === undefined)
    throw new TypeError(`A filter names a metric and a resource; this one does not: ${filter}`);
  const named = [...[rest, ...(how.groupByFields ?? [])].join(' ').matchAll(LABEL)];
  const labelsOf = (what: string) =>
    named.filter(([, kind]) => kind === what).map(([, , label = '']) => label);
  return {
    ...{ metricType, resourceType, aggregation: how },
    metricLabels: labelsOf('metric'),
    resourceLabels: labelsOf('resource'),
  };
}
