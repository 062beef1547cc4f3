import { expect, it } from 'vitest';
import { explain, isPassing } from './cloud-error.ts';

const failure = (code: number | undefined, message: string) =>
  Object.assign(new Error(message), code === undefined ? {} : { code });
const asked = { api: 'pubsub', projectId: 'my-project' } as const;

it.each([
  [undefined, 'Could not load the default credentials.', 'gcloud auth application-default login'],
  [16, 'Request had invalid authentication credentials.', 'gcloud auth application-default login'],
  [7, "Project 'my-project' not found or deleted.", 'no project my-project'],
  [5, 'Requested project not found or user does not have access to it', 'gcloud projects list'],
  [7, 'User not authorized to perform this action.', '--role roles/pubsub.admin'],
  [
    7,
    'Caller does not have required permission to use project my-project. Grant the caller the roles/serviceusage.serviceUsageConsumer role',
    '--role roles/serviceusage.serviceUsageConsumer',
  ],
  [
    7,
    'Cloud Pub/Sub API has not been used in project 1 before or it is disabled.',
    'gcloud services enable pubsub.googleapis.com --project my-project',
  ],
  [8, 'Quota exceeded for quota metric', 'wait some minutes'],
  [14, 'No connection established', 'check the network'],
  [3, 'Bad value', 'Bad value'],
])('says what mends %s "%s"', (code, message, mend) => {
  expect(explain(failure(code, message), asked)).toContain(mend);
});

it('tries again what passes, and nothing else', () => {
  expect([8, 10, 14].map((code) => isPassing(failure(code, '')))).toEqual([true, true, true]);
  expect([3, 5, 7, 16, undefined].some((code) => isPassing(failure(code, '')))).toBe(false);
});
