import type { FunctionName } from '../../shared/topology.ts';

/** Where a system is, or is to be. */
export interface Place {
  readonly projectId: string;
  readonly region: string;
  /** The Firestore database; `(default)` unless named. */
  readonly database: string;
  /** The zone of the schedules (IANA). */
  readonly timeZone: string;
}

/** The place as the commands take it. */
export const placeArguments = ({ projectId, region, database, timeZone }: Place): string =>
  [
    `--project ${projectId} --region ${region}`,
    ...(database === '(default)' ? [] : [`--database ${database}`]),
    ...(timeZone === 'Etc/UTC' ? [] : [`--time-zone ${timeZone}`]),
  ].join(' ');

/** The address that Cloud Functions gives: https://cloud.google.com/functions/docs/calling/http. */
export const functionUrl = ({ region, projectId }: Place, name: FunctionName): string =>
  `https://${region}-${projectId}.cloudfunctions.net/${name}`;

/** Service accounts that call functions; each function has one of its own to run as. */
export const CALLERS = { scheduler: 'strata-scheduler', pubsub: 'strata-pubsub' } as const;

export const accountEmail = ({ projectId }: Place, name: string): string =>
  `${name}@${projectId}.iam.gserviceaccount.com`;

/** Marks what provisioning made, on resources that take labels. */
export const LABELS = { 'managed-by': 'strata' } as const;

export const isLabelled = (labels: Readonly<Record<string, string>> | null | undefined): boolean =>
  labels?.['managed-by'] === LABELS['managed-by'];

/** Marks it on resources that take a description alone. */
export const DESCRIPTION_END = '(managed by Strata)';
