import type { FunctionName } from '../../shared/topology.ts';
import { accountEmail, type Place } from '../provision/place.ts';
import { accountOf } from './accounts.ts';
import { type Command, gcloud } from './command.ts';

/** A secret with nothing in it yet. */
export const makeSecret = (secret: string, what: string, { projectId }: Place): Command =>
  gcloud(
    `Make the secret for ${what}`,
    [...['secrets', 'create', secret, '--replication-policy=automatic'], `--project=${projectId}`],
    { unless: ['secrets', 'describe', secret, `--project=${projectId}`] },
  );

/**
 * What the `latest` version of the secret is from now on: `input` as `Command` has it. A version that is
 * the same already stays, for each one costs.
 */
export const keepSecret = (
  secret: string,
  { what, input, place: { projectId } }: { what: string; input: string; place: Place },
): Command =>
  gcloud(
    `Keep ${what} in the secret`,
    ['secrets', 'versions', 'add', secret, '--data-file=-', `--project=${projectId}`],
    {
      input,
      unlessSame: [
        ...['secrets', 'versions', 'access', 'latest', `--secret=${secret}`],
        `--project=${projectId}`,
      ],
    },
  );

export const mayReadSecret = (name: FunctionName, secret: string, place: Place): Command =>
  gcloud(`Let ${name} read the secret ${secret}`, [
    ...['secrets', 'add-iam-policy-binding', secret],
    `--member=serviceAccount:${accountEmail(place, accountOf(name))}`,
    ...['--role=roles/secretmanager.secretAccessor', `--project=${place.projectId}`],
  ]);
