import type { CloudSchedulerClient, protos } from '@google-cloud/scheduler';
import { type StrataOptions, variableOf } from '../../shared/options.ts';
import { JOBS, type Job } from '../../shared/topology.ts';
import { ifThere } from './if-there.ts';
import { accountEmail, CALLERS, DESCRIPTION_END, functionUrl, type Place } from './place.ts';
import type { Fields, Resource } from './resource.ts';
import { cronOf } from './schedule.ts';

type Scheduler = Pick<CloudSchedulerClient, 'getJob' | 'createJob' | 'updateJob' | 'deleteJob'>;
type CloudJob = protos.google.cloud.scheduler.v1.IJob;

/** A run may take as long as the functions' own budget; the API takes 15 s to 30 min. */
const ATTEMPT_SECONDS = 540;
/** A run that failed is repeated soon; the next one comes anyway. */
const RETRY = { retryCount: 3, minBackoffSeconds: 5, maxBackoffSeconds: 60 } as const;

/** The calls that keep the memory going, each with a token of the scheduler's account. */
export const schedulerJobs = (
  scheduler: Scheduler,
  place: Place,
  options: StrataOptions,
): Resource[] => JOBS.map((job) => jobResource(scheduler, place, wantedOf(job, place, options)));

interface Wanted {
  readonly name: string;
  readonly fields: Fields;
}

function wantedOf({ name, target, everySeconds }: Job, place: Place, options: StrataOptions) {
  const url = functionUrl(place, target);
  return {
    name: `strata-${name}`,
    fields: {
      description: `Calls ${target} ${DESCRIPTION_END}`,
      schedule: cronOf(options[everySeconds], variableOf(everySeconds)),
      timeZone: place.timeZone,
      uri: url,
      account: accountEmail(place, CALLERS.scheduler),
      audience: url,
      attemptSeconds: ATTEMPT_SECONDS,
      ...RETRY,
    },
  };
}

function jobResource(
  scheduler: Scheduler,
  { projectId, region }: Place,
  { name: short, fields }: Wanted,
): Resource {
  const parent = `projects/${projectId}/locations/${region}`;
  const name = `${parent}/jobs/${short}`;
  return {
    api: 'cloudscheduler',
    kind: 'schedule',
    name: short,
    wanted: fields,
    async read() {
      const [found] = (await ifThere(() => scheduler.getJob({ name }))) ?? [];
      const isOurs = found?.description?.endsWith(DESCRIPTION_END) === true;
      return found && { fields: fieldsOf(found), isOurs };
    },
    async create() {
      await scheduler.createJob({ parent, job: { ...requestOf(fields), name } });
    },
    async update() {
      await scheduler.updateJob({
        job: { ...requestOf(fields), name },
        updateMask: { paths: PATHS },
      });
    },
    async remove() {
      await scheduler.deleteJob({ name });
    },
  };
}

/** A job is changed as a whole: its parts are few, and some of them lie in each other. */
const PATHS = [
  'description',
  'schedule',
  'time_zone',
  'http_target',
  'attempt_deadline',
  'retry_config',
];

function requestOf(fields: Fields): CloudJob {
  // `wantedOf` wrote these fields, each of this type.
  const text = (field: string) => fields[field] as string;
  const whole = (field: string) => fields[field] as number;
  return {
    description: text('description'),
    schedule: text('schedule'),
    timeZone: text('timeZone'),
    attemptDeadline: { seconds: whole('attemptSeconds') },
    retryConfig: {
      retryCount: whole('retryCount'),
      minBackoffDuration: { seconds: whole('minBackoffSeconds') },
      maxBackoffDuration: { seconds: whole('maxBackoffSeconds') },
    },
    httpTarget: {
      uri: text('uri'),
      httpMethod: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: Buffer.from('{}'),
      oidcToken: { serviceAccountEmail: text('account'), audience: text('audience') },
    },
  };
}

function fieldsOf({ httpTarget, retryConfig, ...job }: CloudJob): Fields {
  return {
    description: job.description ?? '',
    schedule: job.schedule ?? '',
    timeZone: job.timeZone ?? '',
    uri: httpTarget?.uri ?? '',
    account: httpTarget?.oidcToken?.serviceAccountEmail ?? '',
    audience: httpTarget?.oidcToken?.audience ?? '',
    attemptSeconds: Number(job.attemptDeadline?.seconds ?? 0),
    retryCount: retryConfig?.retryCount ?? 0,
    minBackoffSeconds: Number(retryConfig?.minBackoffDuration?.seconds ?? 0),
    maxBackoffSeconds: Number(retryConfig?.maxBackoffDuration?.seconds ?? 0),
  };
}
