import type { Api } from './resource.ts';

/** gRPC's status codes (https://grpc.io/docs/guides/status-codes/). */
export const GRPC = {
  invalidArgument: 3,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** The status code of an error of a Google client; `undefined` for any other error. */
export function grpcCode(error: unknown): number | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'number' ? code : undefined;
}

/** What the service may take a moment later. */
export const isPassing = (error: unknown): boolean =>
  [GRPC.resourceExhausted, GRPC.unavailable, GRPC.aborted].some((code) => code === grpcCode(error));

/** The role that may do everything here with an API, for who provisions. */
export const ROLES: Readonly<Record<Api, string>> = {
  pubsub: 'roles/pubsub.admin',
  cloudscheduler: 'roles/cloudscheduler.admin',
  firebaserules: 'roles/firebaserules.admin',
  firestore: 'roles/datastore.indexAdmin',
  monitoring: 'roles/monitoring.editor',
};

/** Who calls an API with credentials of a person says whose quota counts, and needs this for it. */
export const MAY_USE = 'roles/serviceusage.serviceUsageConsumer';

const grant = (projectId: string, role: string): string =>
  `gcloud projects add-iam-policy-binding ${projectId} --member user:YOU --role ${role}`;

interface Asked {
  readonly api: Api;
  readonly projectId: string;
}

/** What is wrong, and the command that mends it. */
export function explain(error: unknown, { api, projectId }: Asked): string {
  const text = error instanceof Error ? error.message : String(error);
  if (/default credentials|invalid_grant|reauth/i.test(text))
    return 'there are no credentials: gcloud auth application-default login';
  if (text.includes(MAY_USE))
    return `these credentials may not use the project: ${grant(projectId, MAY_USE)}`;
  if (isNoProject(text))
    return `there is no project ${projectId} that these credentials may use: gcloud projects list`;
  if (isDisabled(text))
    return `the API is not enabled: gcloud services enable ${api}.googleapis.com --project ${projectId}`;
  switch (grpcCode(error)) {
    case GRPC.unauthenticated:
      return 'the credentials are not valid any more: gcloud auth application-default login';
    case GRPC.permissionDenied:
      return `these credentials may not do that: ${grant(projectId, ROLES[api])}`;
    case GRPC.alreadyExists:
      return 'somebody made one in the meantime: the plan of another run shows it';
    case GRPC.resourceExhausted:
      return `the quota of ${api}.googleapis.com is used up: wait some minutes (${oneLine(text)})`;
    case GRPC.unavailable:
      return `${api}.googleapis.com cannot be reached: check the network (${oneLine(text)})`;
    default:
      return oneLine(text);
  }
}

export const isDisabled = (text: string): boolean =>
  /SERVICE_DISABLED|has not been used in project|it is disabled/i.test(text);

const isNoProject = (text: string): boolean =>
  /not found or deleted|CONSUMER_INVALID|USER_PROJECT_DENIED|requested project (was )?not found/i.test(
    text,
  );

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, 300);
