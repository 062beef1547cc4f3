/**
 * What gcloud complains of, and what mends it. The first that fits counts. A command is the end of its
 * line: a test gives it to gcloud's own parser.
 */
const ADVICE: readonly (readonly [RegExp, (project: string, text: string) => string])[] = [
  [
    /active account selected|not .*logged in|reauth|refreshing your current auth tokens|invalid_grant/i,
    () => 'Log in: gcloud auth login',
  ],
  [
    /billing/i,
    (project) =>
      [
        'Find a billing account: gcloud billing accounts list',
        `Link it: gcloud billing projects link ${project} --billing-account=ID`,
      ].join('\n'),
  ],
  [
    /not found or deleted|valid project ID|USER_PROJECT_DENIED|CONSUMER_INVALID|may not exist|project\b.*not found|not found.*\bproject/i,
    (project) =>
      [
        `Check --project, ${project} has to be among these: gcloud projects list`,
        `If it is, its owner can let you in: ${grantOwner(project)}`,
      ].join('\n'),
  ],
  [
    /SERVICE_DISABLED|has not been used in project|it is disabled|API .*not enabled/i,
    (project, text) =>
      `Enable the API and wait a minute: gcloud services enable ${apiIn(text)} --project=${project}`,
  ],
  [
    /quota|RESOURCE_EXHAUSTED|429/i,
    (project) =>
      `Wait some minutes, or ask for more quota: https://console.cloud.google.com/iam-admin/quotas?project=${project}`,
  ],
  [
    /PERMISSION_DENIED|does not have permission|403/i,
    (project) =>
      `Ask the owner of the project for what the message names, or for everything: ${grantOwner(project)}`,
  ],
];

const grantOwner = (project: string): string =>
  `gcloud projects add-iam-policy-binding ${project} --member=user:YOU --role=roles/owner`;

const apiIn = (text: string): string => /[a-z]+\.googleapis\.com/.exec(text)?.[0] ?? 'API';

/** Lines about what gcloud wrote on standard error, where we know one. */
export function adviceFor(stderr: string, argv: readonly string[]): string | undefined {
  const given = argv.find((word) => word.startsWith('--project='));
  const project = given?.slice('--project='.length) ?? 'PROJECT';
  return ADVICE.find(([pattern]) => pattern.test(stderr))?.[1](project, stderr);
}
