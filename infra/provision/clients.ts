import { FirestoreAdminClient } from '@google-cloud/firestore-api';
import { PubSub, v1 } from '@google-cloud/pubsub';
import { CloudSchedulerClient } from '@google-cloud/scheduler';
import { type AuthorizedRequests, withQuotaOf } from './authorized-call.ts';

/** The clients that provisioning calls. */
export interface Clients {
  readonly publisher: v1.PublisherClient;
  readonly subscriber: v1.SubscriberClient;
  readonly scheduler: CloudSchedulerClient;
  readonly admin: FirestoreAdminClient;
  /** For the APIs without a client of their own here. */
  readonly requests: AuthorizedRequests;
  /** Where such an API is. */
  readonly hostOf: (api: string) => string;
  close(): Promise<void>;
}

/** Other places than Google's, for who has them. */
export interface Endpoints {
  readonly scheduler?: ConstructorParameters<typeof CloudSchedulerClient>[0];
  readonly admin?: ConstructorParameters<typeof FirestoreAdminClient>[0];
  /** One for all that are called by `requests`. */
  readonly host?: string;
}

interface Opening {
  readonly projectId: string;
  readonly requests: AuthorizedRequests;
  readonly endpoints?: Endpoints;
}

/** Credentials are the environment's; with `PUBSUB_EMULATOR_HOST` Pub/Sub is the emulator. */
export async function openClients({
  projectId,
  requests,
  endpoints = {},
}: Opening): Promise<Clients> {
  const pubsub = new PubSub({ projectId });
  const config = await pubsub.getClientConfig();
  const publisher = new v1.PublisherClient({ ...config });
  const subscriber = new v1.SubscriberClient({ ...config });
  const scheduler = new CloudSchedulerClient({ projectId, ...endpoints.scheduler });
  const admin = new FirestoreAdminClient({ projectId, ...endpoints.admin });
  const all = [pubsub, publisher, subscriber, scheduler, admin];
  return {
    ...{ publisher, subscriber, scheduler, admin },
    requests: withQuotaOf(projectId, requests),
    hostOf: (api) => endpoints.host ?? `https://${api}.googleapis.com`,
    close: async () => {
      await Promise.all(all.map((one) => one.close()));
    },
  };
}
