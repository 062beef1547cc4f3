import { z } from 'zod';
import { aggregation, type Query, queryOf } from './queries.ts';

/** Columns of a mosaic (https://cloud.google.com/monitoring/api/ref_v3/rest/v1/projects.dashboards#MosaicLayout). */
const COLUMNS = 48;

const dataSet = z.strictObject({
  timeSeriesQuery: z.strictObject({
    timeSeriesFilter: z.strictObject({ filter: z.string(), aggregation }),
  }),
  plotType: z.enum(['LINE', 'STACKED_AREA', 'STACKED_BAR', 'HEATMAP']),
  targetAxis: z.enum(['Y1', 'Y2']),
  legendTemplate: z.string().optional(),
});

/**
 * The part of the API's `Dashboard` resource that ours uses
 * (https://cloud.google.com/monitoring/api/ref_v3/rest/v1/projects.dashboards, 2026-11).
 */
export const Dashboard = z.strictObject({
  displayName: z.string().min(1),
  mosaicLayout: z.strictObject({
    columns: z.literal(COLUMNS),
    tiles: z
      .strictObject({
        xPos: z.int().min(0).default(0),
        yPos: z.int().min(0).default(0),
        width: z.int().min(1).max(COLUMNS),
        height: z.int().min(1),
        widget: z.strictObject({
          title: z.string().min(1),
          xyChart: z.strictObject({
            dataSets: dataSet.array().min(1).max(50),
            yAxis: z.strictObject({
              scale: z.enum(['LINEAR', 'LOG10']),
              label: z.string().optional(),
            }),
          }),
        }),
      })
      .array()
      .max(100),
  }),
});
export type Dashboard = z.output<typeof Dashboard>;
export type Tile = Dashboard['mosaicLayout']['tiles'][number];

/** Every query of a dashboard. */
export const queriesOf = ({ mosaicLayout }: Dashboard): readonly Query[] =>
  mosaicLayout.tiles
    .flatMap(({ widget }) => widget.xyChart.dataSets)
    .map(({ timeSeriesQuery: { timeSeriesFilter } }) =>
      queryOf(timeSeriesFilter.filter, timeSeriesFilter.aggregation),
    );
