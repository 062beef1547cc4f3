import { resolve } from 'node:path';
import { PubSub } from '@google-cloud/pubsub';
import type { Config } from '../../functions/config.ts';
import { IdentityVariables } from '../../functions/identity/identity-config.ts';
import { loggerAt } from '../../functions/log.ts';
import {
  FUNCTIONS,
  type FunctionName,
  JOBS,
  type Job,
  SUBSCRIPTIONS,
} from '../../shared/topology.ts';
import { assertLoopback } from './assert-may-listen.ts';
import { callJob } from './call-job.ts';
import { ensureTopology } from './ensure-topology.ts';
import { type FunctionProcess, startFunction } from './function-process.ts';
import { createGateway } from './gateway.ts';
import { listen, stopListening, urlAt } from './listen.ts';
import type { LocalFunction } from './local-functions.ts';
import { createProxy } from './proxy.ts';
import { type Scheduler, startScheduler } from './scheduler.ts';
import { type Servers, startServers } from './start-servers.ts';

/** Every function in a process of its own, on emulators and a Redis, behind one port. */
export interface EmulatorStack {
  readonly url: string;
  readonly servers: Servers;
  /** Resolves with a sentence when a function ends by itself. */
  readonly broken: Promise<string>;
  /** Ends all of it in order, but for the servers that ran before. */
  close(): Promise<void>;
}

interface EmulatorStackOptions {
  readonly config: Config;
  readonly env: NodeJS.ProcessEnv;
  /** Takes every line that a function prints. */
  readonly say: (line: string) => void;
}

/** @throws Error when something cannot be started; what was started by then is ended. */
export async function startEmulators({
  config,
  env,
  say,
}: EmulatorStackOptions): Promise<EmulatorStack> {
  assertLoopback(config);
  const log = loggerAt(config);
  const functions = new Map<string, LocalFunction>();
  const gateway = createGateway(functions, log);
  let scheduler: Scheduler | undefined;
  let servers: Servers | undefined;
  let processes: readonly FunctionProcess[] = [];
  // Callers before those that they call.
  const close = async () => {
    await scheduler?.stop();
    await stopListening(gateway);
    await Promise.all(processes.map((one) => one.stop()));
    await servers?.stop();
  };
  // First of all: a port in use is told at once, not after half a minute.
  const port = await listen(gateway, config.host, config.port);
  const url = urlAt(config.host, port);
  try {
    servers = await startServers(config, env);
    const childEnv = { ...env, ...servers.env, ...placeOf(config) };
    processes = await Promise.all(
      FUNCTIONS.map((name) =>
        startFunction({
          name,
          env: envFor(name, childEnv),
          say: (line) => say(`[${name}] ${line}`),
        }),
      ),
    );
    await Promise.all(processes.map((one) => one.ready()));
    await makeTopology(servers, processes);
    for (const one of processes) {
      const server = createProxy(one, log);
      functions.set(one.name, { name: one.name, kind: kindOf(one.name), server });
    }
  } catch (error) {
    await close();
    throw error;
  }
  const call = (job: Job) => callJob(url, job);
  scheduler = startScheduler({ options: config.options, call, log });
  return { url, servers, broken: Promise.race(processes.map(({ ended }) => ended)), close };
}

/** All processes work on the same file, wherever they run, and reach each other over Pub/Sub. */
const placeOf = ({ dataDir, durable }: Config) => ({
  STRATA_STORE: durable.kind,
  STRATA_DATA_DIR: resolve(dataDir),
  STRATA_BUS: 'pubsub',
});

/**
 * Emulators and the local scheduler have no tokens to send. What they call is reached from this
 * machine alone, and takes their calls for that.
 */
function envFor(name: FunctionName, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (!INTERNAL.includes(name)) return env;
  const isOfIdentity = (variable: string) => variable in IdentityVariables;
  return Object.fromEntries(Object.entries(env).filter(([variable]) => !isOfIdentity(variable)));
}

const INTERNAL: readonly FunctionName[] = [
  ...SUBSCRIPTIONS.map(({ target }) => target),
  ...JOBS.map(({ target }) => target),
];

const kindOf = (name: FunctionName): LocalFunction['kind'] =>
  SUBSCRIPTIONS.some(({ target }) => target === name) ? 'event' : 'http';

async function makeTopology(
  { projectId, env }: Servers,
  processes: readonly FunctionProcess[],
): Promise<void> {
  const pubsub = new PubSub({ projectId, apiEndpoint: env['PUBSUB_EMULATOR_HOST'] ?? '' });
  const places = new Map(processes.map(({ name, host, port }) => [name, urlAt(host, port)]));
  await ensureTopology(pubsub, {
    // The framework takes the topic from the path when it makes a CloudEvent of a push.
    pushEndpointOf: (target) => {
      const topic = SUBSCRIPTIONS.find((one) => one.target === target)?.topic;
      return `${places.get(target)}/projects/${projectId}/topics/${topic}`;
    },
  });
  await pubsub.close();
}
