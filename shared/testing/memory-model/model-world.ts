import type { CloudEvent } from '@google-cloud/functions-framework';
import type { AsyncCommand } from 'fast-check';
import type { OwnBus, System } from '../../components/embedded.ts';
import type { ItemDraft } from '../../domain/item.ts';
import type { BusMessage } from '../../ports/event-bus.ts';
import type { ManualClock } from '../manual-clock.ts';
import type { UnreliableRedis } from '../unreliable-redis.ts';
import type { PlainMemory, SessionName } from './plain-memory.ts';

export type Place = 0 | 1;

/** What a run of the model acts on: two instances of the system on one set of data. */
export interface ModelWorld {
  readonly clock: ManualClock;
  readonly instances: readonly [System<OwnBus>, System<OwnBus>];
  /** The hot tier's, where there is one. */
  readonly redis?: UnreliableRedis;
  /** Everything that was published since the last call. */
  published(): Promise<readonly BusMessage[]>;
  /** Gives an instance up without closing it in order, and opens another in its place. */
  restart(place: Place): Promise<void>;
  /** Hands an event to the function of this name on an instance. */
  deliver(place: Place, name: EventFunction, event: CloudEvent<unknown>): Promise<void>;
}

export type EventFunction = 'ingest-items' | 'summarize-session' | 'migrate-session';

/** A command that the system published, as often as it is delivered. */
export interface SentCommand {
  readonly name: 'summarize-session' | 'migrate-session';
  readonly event: CloudEvent<unknown>;
}

/** An append that a publisher sent as an event. */
export interface SentEvent extends SessionName {
  readonly event: CloudEvent<unknown>;
  readonly items: readonly ItemDraft[];
  readonly atMs: number;
}

/** What is remembered beside the memory itself: messages that may come again. */
export interface Model {
  readonly plain: PlainMemory;
  readonly commands: SentCommand[];
  readonly events: SentEvent[];
}

export type Step = AsyncCommand<Model, ModelWorld>;
