import { DAY_MS } from '../../shared/kernel/clock.ts';
import { checkDurable } from './checks/durable.ts';
import { checkHome } from './checks/one-home.ts';
import { checkOtherInstance } from './checks/read-your-write.ts';
import type { Turn } from './conversation/conversation.ts';
import type { Play, Role } from './play.ts';
import type { Tick } from './progress.ts';
import { counted } from './report/figures.ts';
import { type Snapshot, takeSnapshot } from './snapshot.ts';
import type { Inside } from './stage.ts';

const SNAPSHOT_DAYS = [3, 14, 30, 60, 90, 120, 180, 240, 360];
/** Longer than an item is warm, so that at the end age alone has moved everything that it can. */
const GROW_OLD_DAYS = 40;

/** Each is read once a time: more would count as reading often, and keep items from going cold. */
const WATCHED_SESSIONS = 10;

interface Cue {
  readonly role: Role;
  readonly turn: Turn;
}

/** All turns of all roles in the order of their times. */
export const cuesOf = (roles: readonly Role[]): readonly Cue[] =>
  roles
    .flatMap((role) => role.conversation.turns.map((turn) => ({ role, turn })))
    .sort((a, b) => a.turn.atMs - b.turn.atMs);

/** Simulated life: time passes, turns are appended, and every day what is due migrates. */
export class Life {
  readonly snapshots: Snapshot[] = [];
  readonly #play: Play;
  readonly #inside: Inside;
  readonly #cues: readonly Cue[];
  readonly #beganAtMs: number;
  #dayEndsAtMs: number;

  constructor(play: Play, inside: Inside) {
    this.#play = play;
    this.#inside = inside;
    this.#cues = cuesOf(play.roles);
    this.#beganAtMs = this.#cues[0]?.turn.atMs ?? inside.clock.now();
    this.#dayEndsAtMs = this.#beganAtMs + DAY_MS;
  }

  /** The whole conversation, with a restart in its middle. */
  async live(tick: Tick): Promise<string> {
    const half = Math.floor(this.#cues.length / 2);
    for (const [index, { role, turn }] of this.#cues.entries()) {
      await this.#passTo(turn.atMs);
      tick(index, this.#cues.length, new Date(turn.atMs).toISOString().slice(0, 10));
      if (index === half) await this.restart(() => this.#play.send(role.sent, turn), role);
      else await this.#play.send(role.sent, turn);
    }
    const items = this.#play.begun.reduce((sum, sent) => sum + sent.items.length, 0);
    const days = Math.round((this.#inside.clock.now() - this.#beganAtMs) / DAY_MS);
    return `${counted(items, 'item')} in ${counted(this.#cues.length, 'turn')} over ${counted(days, 'day')} of simulated time, one restart`;
  }

  /** Nothing is said any more; age moves what is left. */
  async growOld(tick: Tick): Promise<string> {
    const fromMs = this.#inside.clock.now();
    for (let day = 1; day <= GROW_OLD_DAYS; day++) {
      tick(day, GROW_OLD_DAYS, `day ${day}`);
      await this.#passTo(fromMs + day * DAY_MS);
    }
    await this.#snapshot();
    const { hot, warm, cold } = this.snapshots.at(-1)?.tiers ?? {};
    return `${GROW_OLD_DAYS} silent days: ${hot?.items} hot, ${warm?.items} warm, ${cold?.items} cold`;
  }

  /** Ends the system as a crash would, and looks whether another one has everything. */
  async restart(meanwhile: () => Promise<void>, { sent }: Role): Promise<void> {
    const { client } = this.#play.stage;
    await this.#inside.restart(async (first) => {
      await meanwhile();
      this.#play.findings.add(await checkOtherInstance(first, sent));
    });
    this.#play.findings.add(await checkDurable(client, this.#play.begun));
  }

  /** Lets time reach an instant; at the end of each day the scheduler's call comes. */
  async #passTo(atMs: number): Promise<void> {
    const { clock } = this.#inside;
    while (this.#dayEndsAtMs <= atMs) {
      clock.set(this.#dayEndsAtMs);
      const day = Math.round((this.#dayEndsAtMs - this.#beganAtMs) / DAY_MS);
      if (SNAPSHOT_DAYS.includes(day)) {
        await this.#migrateWatched();
        await this.#snapshot();
      } else await this.#play.stage.client.migrate();
      this.#dayEndsAtMs += DAY_MS;
    }
    clock.set(Math.max(clock.now(), atMs));
  }

  /** A migration, and readers who look at some sessions meanwhile. */
  async #migrateWatched(): Promise<void> {
    const { stage, begun, findings } = this.#play;
    const { client } = stage;
    const some = begun.slice(-WATCHED_SESSIONS);
    const [, ...examined] = await Promise.all([
      client.migrate(),
      ...some.map((sent) => checkHome(client, sent)),
    ]);
    findings.add(...examined);
  }

  async #snapshot(): Promise<void> {
    const { stage, begun } = this.#play;
    const day = Math.round((this.#inside.clock.now() - this.#beganAtMs) / DAY_MS);
    this.snapshots.push(await takeSnapshot(stage, begun, `day ${day}`));
  }
}
