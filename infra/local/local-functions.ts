import type { Server } from 'node:http';
import { cloudEvent, type HttpFunction, http } from '@google-cloud/functions-framework';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { collectMetrics } from '../../functions/collect-metrics/handler.ts';
import { eraseUser } from '../../functions/erase-user/handler.ts';
import type { EventHandler } from '../../functions/event/consumer.ts';
import { ingestItems } from '../../functions/ingest-items/handler.ts';
import { migrateSession } from '../../functions/migrate-session/handler.ts';
import { migrateTiers } from '../../functions/migrate-tiers/handler.ts';
import { readItems } from '../../functions/read-items/handler.ts';
import type { OpenRuntime, Runtime } from '../../functions/runtime.ts';
import { summarizeSession } from '../../functions/summarize-session/handler.ts';
import { writeItems } from '../../functions/write-items/handler.ts';
import { FUNCTIONS, type FunctionName } from '../../shared/topology.ts';

/** A function inside the framework's own server, which is fed requests instead of a port. */
export interface LocalFunction {
  readonly name: FunctionName;
  readonly kind: 'http' | 'event';
  readonly server: Server;
}

type Making =
  | { readonly kind: 'http'; readonly make: (open: OpenRuntime) => HttpFunction }
  | { readonly kind: 'event'; readonly make: (open: OpenRuntime) => EventHandler };

const HANDLERS: Readonly<Record<FunctionName, Making>> = {
  'write-items': { kind: 'http', make: writeItems },
  'read-items': { kind: 'http', make: readItems },
  'ingest-items': { kind: 'event', make: ingestItems },
  'migrate-tiers': { kind: 'http', make: migrateTiers },
  'migrate-session': { kind: 'event', make: migrateSession },
  'summarize-session': { kind: 'event', make: summarizeSession },
  'collect-metrics': { kind: 'http', make: collectMetrics },
  'erase-user': { kind: 'http', make: (open) => eraseUser(open) },
};

let instances = 0;

/**
 * All functions on one runtime, each through the real framework. The framework's registry is one
 * per process, so every stack registers under names of its own.
 */
export function localFunctions(runtime: Runtime): ReadonlyMap<string, LocalFunction> {
  instances += 1;
  const open: OpenRuntime = () => runtime;
  return new Map(FUNCTIONS.map((name) => [name, localFunction(name, open, instances)]));
}

function localFunction(name: FunctionName, open: OpenRuntime, instance: number): LocalFunction {
  const registered = `${name}-${instance}`;
  const making = HANDLERS[name];
  if (making.kind === 'http') http(registered, making.make(open));
  else cloudEvent(registered, making.make(open));
  return { name, kind: making.kind, server: getTestServer(registered) };
}
