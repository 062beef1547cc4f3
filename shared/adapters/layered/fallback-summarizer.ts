import {
  BrokenCircuitError,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
} from 'cockatiel';
import { METRICS } from '../../domain/metrics/catalogue.ts';
import { passesOf } from '../../domain/passes.ts';
import { AppError } from '../../kernel/app-error.ts';
import { MINUTE_MS } from '../../kernel/clock.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { Meter } from '../../ports/meter.ts';
import type { Summarizer, SummaryDraft, SummaryRequest } from '../../ports/summarizer.ts';

export interface FallbackOptions {
  readonly meter: Meter;
  readonly log: Logger;
  /** Failures in a row after which the primary is left alone for a while. Default 3. */
  readonly maxFailures?: number;
  /** How long it is left alone, in milliseconds; then one call tries it. Default: one minute. */
  readonly openMs?: number;
  /**
   * Whether a failed call comes again, as an event does: then the stand-in waits until the breaker
   * opens. Otherwise it writes at the first failure. Default `true`.
   */
  readonly isRetried?: boolean;
}

const MAX_FAILURES = 3;

/**
 * The stand-in writes, and marks what it wrote, when the primary failed repeatedly or refuses an
 * input for good. A failure before that is thrown, so that the event comes again.
 */
export function fallbackSummarizer(
  primary: Summarizer,
  standIn: Summarizer,
  options: FallbackOptions,
): Summarizer {
  const { maxFailures = MAX_FAILURES, openMs = MINUTE_MS } = options;
  // An input that the model refuses says nothing about the model's health.
  const breaker = circuitBreaker(
    handleWhen((error) => AppError.from(error).code !== 'invalid-argument'),
    { breaker: new ConsecutiveBreaker(maxFailures), halfOpenAfter: openMs },
  );
  return {
    maxInputTokens: primary.maxInputTokens,
    async summarize(request) {
      assertInTime(request.signal);
      try {
        return await breaker.execute(() => primary.summarize(request));
      } catch (thrown) {
        const error = noteFailure(thrown, options);
        const isTimeUp = request.signal?.aborted === true;
        if (isTimeUp || request.withoutStandIn || comesAgain(error, breaker, options)) throw error;
        options.log.warning('The stand-in writes a summary', { code: error.code, error });
        return writeInstead(standIn, request);
      }
    },
  };
}

/** A caller without time is not held against the model. */
function assertInTime(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  throw new AppError('deadline-exceeded', 'The summary was aborted', { cause: signal.reason });
}

function noteFailure(thrown: unknown, { meter }: FallbackOptions): AppError {
  if (thrown instanceof BrokenCircuitError) {
    return new AppError('unavailable', 'The model failed repeatedly and is left alone for now', {
      cause: thrown,
    });
  }
  const error = AppError.from(thrown);
  meter.count(METRICS.modelFailures, 1, { code: error.code });
  return error;
}

const comesAgain = (
  { retryable }: AppError,
  { state }: CircuitBreakerPolicy,
  { isRetried = true }: FallbackOptions,
): boolean => isRetried && retryable && state !== CircuitState.Open;

/** In the stand-in's own passes: what the primary takes at once may be far too much for it. */
async function writeInstead(standIn: Summarizer, request: SummaryRequest): Promise<SummaryDraft> {
  let draft: SummaryDraft | undefined;
  for (const items of passesOf(request.items, standIn.maxInputTokens)) {
    const previous = draft?.text ?? request.previous;
    draft = await standIn.summarize({
      ...request,
      items,
      ...(previous === undefined ? {} : { previous }),
    });
  }
  return { ...(draft ?? (await standIn.summarize(request))), isFallback: true };
}
