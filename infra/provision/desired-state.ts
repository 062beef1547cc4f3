import type { StrataOptions } from '../../shared/options.ts';
import type { Clients } from './clients.ts';
import { firestoreIndexes } from './firestore-indexes.ts';
import { firestoreRules } from './firestore-rules.ts';
import { readIndexFile } from './index-file.ts';
import { monitoring } from './monitoring.ts';
import type { Place } from './place.ts';
import type { Resource } from './resource.ts';
import { schedulerJobs } from './scheduler-jobs.ts';
import { subscriptions } from './subscriptions.ts';
import { topics } from './topics.ts';

/** Everything that has to be there beside the functions, in the order in which it is made. */
export const desiredState = (
  { publisher, subscriber, scheduler, admin, requests, hostOf }: Clients,
  place: Place,
  options: StrataOptions,
): readonly Resource[] => [
  // First of all: closed to clients before anything is kept.
  firestoreRules(requests, place, hostOf('firebaserules')),
  ...firestoreIndexes(admin, place, readIndexFile()),
  ...topics(publisher, place),
  ...subscriptions(subscriber, place),
  ...schedulerJobs(scheduler, place, options),
  ...monitoring(requests, place, hostOf('monitoring')),
];
