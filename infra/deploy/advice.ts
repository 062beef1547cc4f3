/** What gcloud complains of, and what mends it. The first that fits counts. */
const ADVICE: readonly (readonly [RegExp, (project: string, text: string) => string])[] = [
  [
    /active account selected|not .*logged in|reauth|refreshing your current auth tokens|invalid_grant/i,
    () => 'Log in: gcloud auth login',
  ],
  [
    /billing/i,
    (project) =>
      `Link a billing account: gcloud billing projects link ${project} --billing-account=ID (gcloud billing accounts list names them)`,
  ],
  [
    /not found or deleted|valid project ID|USER_PROJECT_DENIED|CONSUMER_INVALID|may not exist|project\b.*not found|not found.*\bproject/i,
    (project) =>
      `Check --project: gcloud projects list has to show ${project}. If it does, ask its owner for roles/owner.`,
  ],
  [
    /SERVICE_DISABLED|has not been used in project|it is disabled|API .*not enabled/i,
    (project, text) =>
      `Enable the API and wait a minute: gcloud services enable ${apiIn(text)} --project=${project}`,
  ],
  [
    /quota|RESOURCE_EXHAUSTED|429/i,
    () => 'Wait some minutes, or ask for more quota in the console.',
  ],
  [
    /PERMISSION_DENIED|does not have permission|403/i,
    () => 'Ask the owner of the project for roles/owner, or for the rights that the message names.',
  ],
];

const apiIn = (text: string): string => /[a-z]+\.googleapis\.com/.exec(text)?.[0] ?? 'API';

/** A line about what gcloud wrote on standard error, where we know one. */
export function adviceFor(stderr: string, argv: readonly string[]): string | undefined {
  const given = argv.find((word) => word.startsWith('--project='));
  const project = given?.slice('--project='.length) ?? 'PROJECT';
  return ADVICE.find(([pattern]) => pattern.test(stderr))?.[1](project, stderr);
}
