import { z } from 'zod';
import type { MonitoringPlace } from '../shared/components/open-monitoring.ts';
import { dropAbsent } from '../shared/kernel/drop-absent.ts';

/** Where the system's own figures and profiles go. */
export const WatchVariables = {
  STRATA_CLOUD_MONITORING: z
    .boolean()
    .default(false)
    .describe('the figures go to Cloud Monitoring of GOOGLE_CLOUD_PROJECT too'),
  STRATA_MONITORING_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      'another address of Cloud Monitoring, https://… or http://… (called without credentials)',
    ),
  STRATA_CLOUD_PROFILER: z
    .boolean()
    .default(false)
    .describe('Cloud Profiler runs in every process; needs `@google-cloud/profiler` installed'),
};
type Watching = z.output<z.ZodObject<typeof WatchVariables>>;

export interface WatchConfig {
  /** Absent: figures stay in this process. */
  readonly monitoring?: MonitoringPlace;
  /** Absent: no profiler is loaded. */
  readonly profiler?: { readonly projectId: string; readonly service: string };
}

interface Given extends Watching {
  readonly GOOGLE_CLOUD_PROJECT?: string | undefined;
  readonly STRATA_FIRESTORE_DATABASE?: string | undefined;
  readonly K_SERVICE?: string | undefined;
}

/** @throws TypeError when something is to go to Google Cloud and no project is named. */
export function watchOf({
  STRATA_CLOUD_MONITORING: isMonitored,
  STRATA_MONITORING_URL: url,
  STRATA_CLOUD_PROFILER: isProfiled,
  GOOGLE_CLOUD_PROJECT: projectId,
  STRATA_FIRESTORE_DATABASE: databaseId,
  K_SERVICE: service = 'strata',
}: Given): WatchConfig {
  if (!isMonitored && !isProfiled) return {};
  if (projectId === undefined) {
    const name = isMonitored ? 'STRATA_CLOUD_MONITORING' : 'STRATA_CLOUD_PROFILER';
    throw new TypeError(`${name}: expected a project in GOOGLE_CLOUD_PROJECT for it, found ""`);
  }
  // Two databases are two Stratas, whose figures must not meet.
  const namespace = databaseId === undefined ? 'strata' : `strata-${databaseId}`;
  return {
    ...(isMonitored && {
      monitoring: { projectId, namespace, job: service, ...dropAbsent({ url }) },
    }),
    ...(isProfiled && { profiler: { projectId, service } }),
  };
}
