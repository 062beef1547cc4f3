import { AT_REST_USD } from '../../shared/domain/metrics/prices.ts';
import { JOBS } from '../../shared/topology.ts';

const HOURS_A_MONTH = 730;
/** A connector has at least two machines (https://cloud.google.com/vpc/docs/serverless-vpc-access). */
const CONNECTOR_MACHINES = 2;
/** The key of cursors; with Redis its address and its authority. */
const SECRETS = 3;

/** What a deployment costs in a month without a call, as a Markdown table. */
export function atRestTable(): string {
  const {
    firestoreGibMonth,
    redisGibHour,
    connectorMachineHour,
    scheduleMonth,
    freeSchedules,
    secretVersionMonth,
    freeSecretVersions,
    imageGibMonth,
    freeImageGib,
  } = AT_REST_USD;
  const rows = [
    ['functions, Pub/Sub', '0 USD', 'no instance is kept'],
    [
      `${JOBS.length} schedules`,
      beyond(JOBS.length, freeSchedules, scheduleMonth),
      `${freeSchedules} of an account are free, ${usd(scheduleMonth)} each after that`,
    ],
    [
      `${SECRETS} secrets`,
      beyond(SECRETS, freeSecretVersions, secretVersionMonth),
      `${freeSecretVersions} versions of an account are free, ${usd(secretVersionMonth)} each after that; a deployment adds one only where the address, the password or the authority of Redis changed`,
    ],
    [
      'images of the functions',
      `${usd(imageGibMonth)} per GiB`,
      `${freeImageGib} GiB of an account are free; those of earlier deployments stay`,
    ],
    [
      'Firestore',
      `${usd(firestoreGibMonth)} per GiB`,
      'in a multi-region, less in one region; cold items take a fourth to an eighth of their size',
    ],
    ['Redis, 1 GiB, basic', usd(redisGibHour * HOURS_A_MONTH), '`--redis-gib 0` saves it'],
    [
      'the way into the network',
      usd(connectorMachineHour * HOURS_A_MONTH * CONNECTOR_MACHINES),
      'two small machines, only with Redis',
    ],
  ];
  const head = ['at rest', 'a month, about', ''];
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

const beyond = (count: number, free: number, price: number): string =>
  usd(Math.max(0, count - free) * price);

const usd = (amount: number): string =>
  `${amount >= 10 || amount === 0 ? Math.round(amount) : amount.toFixed(2)} USD`;
