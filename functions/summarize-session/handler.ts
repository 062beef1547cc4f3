import { SummarizeCommand } from '../../shared/domain/events.ts';
import { MINUTE_MS } from '../../shared/kernel/clock.ts';
import { validate } from '../../shared/kernel/validate.ts';
import { consumer, type EventHandler } from '../event/consumer.ts';
import type { OpenRuntime, Runtime } from '../runtime.ts';

/** Less than the lease of a delivery, so that a slow model never runs beside its own retry. */
const TIMEOUT_MS = 5 * MINUTE_MS;

/** Folds what a session's summary does not cover yet into it. */
export const summarizeSession = (open: OpenRuntime): EventHandler =>
  consumer<SummarizeCommand>(
    { name: 'summarize-session', decode: (data) => validate(SummarizeCommand, data), run },
    open,
  );

const run = ({ memory }: Runtime, { userId, sessionId }: SummarizeCommand): Promise<unknown> =>
  memory.summarizeSession({ userId, sessionId }, AbortSignal.timeout(TIMEOUT_MS));
