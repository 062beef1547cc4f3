import { type Clock, SECOND_MS, systemClock } from '../../shared/kernel/clock.ts';
import type { Logger } from '../../shared/kernel/logger.ts';
import { systemTimers, type Timers } from '../../shared/kernel/timers.ts';
import type { StrataOptions } from '../../shared/options.ts';
import { JOBS, type Job } from '../../shared/topology.ts';

export interface Scheduler {
  /** Stops the clockwork and waits for calls that are under way. */
  stop(): Promise<void>;
}

interface SchedulerOptions {
  readonly options: StrataOptions;
  /** Calls the job's function. A failure is logged; the next call comes in its turn. */
  readonly call: (job: Job) => Promise<void>;
  readonly log: Logger;
  readonly clock?: Clock;
  readonly timers?: Timers;
}

/** The longest wait that a timer takes; a longer one would fire at once. */
const MAX_TIMER_MS = 2_147_483_647;

/**
 * Calls the scheduled functions at their intervals, as Cloud Scheduler does: the first time after
 * one interval, never two calls of a job at once. A beat that comes while the last call still runs is
 * left out. The timers keep no process alive.
 */
export function startScheduler({
  options,
  call,
  log,
  clock = systemClock,
  timers = systemTimers,
}: SchedulerOptions): Scheduler {
  const running = new Map<string, Promise<void>>();
  const stops = JOBS.map((job) => {
    const beat = () => {
      if (running.has(job.name)) return;
      const done = call(job)
        .catch((error: unknown) => log.warning('Scheduled call failed', { job: job.name, error }))
        .finally(() => running.delete(job.name));
      running.set(job.name, done);
    };
    return every(options[job.everySeconds] * SECOND_MS, beat, { clock, timers });
  });
  return {
    stop: async () => {
      for (const stop of stops) stop();
      await Promise.all(running.values());
    },
  };
}

interface Time {
  readonly clock: Clock;
  readonly timers: Timers;
}

/** A beat that keeps its times, however long ago the last one was handled. Returns how to stop it. */
function every(intervalMs: number, beat: () => void, { clock, timers }: Time): () => void {
  let cancel = () => {};
  let nextAtMs = clock.now() + intervalMs;
  const arm = () => {
    const waitMs = Math.max(0, nextAtMs - clock.now());
    const next = waitMs > MAX_TIMER_MS ? arm : fire;
    cancel = timers.after(Math.min(waitMs, MAX_TIMER_MS), next);
  };
  const fire = () => {
    nextAtMs = Math.max(nextAtMs + intervalMs, clock.now());
    beat();
    arm();
  };
  arm();
  return () => cancel();
}
