import { AppError } from '../../shared/kernel/app-error.ts';
import { jsonLogger, type Logger } from '../../shared/kernel/logger.ts';
import { sendText } from '../http/send.ts';
import { currentExchange } from '../identity/admit-delivery.ts';

/**
 * Asks for the event again. Where it came with a request, that is answered here, and this never ends:
 * of an event function that ends in an error the framework prints the stack, whatever `STRATA_LOG`
 * says. What failed was logged where it failed.
 *
 * @throws AppError where there is no request to answer.
 */
export function askAgain(cause: AppError, log: Logger | undefined): Promise<never> {
  const exchange = currentExchange();
  if (!exchange) throw redelivery(cause);
  log?.info('Delivery refused', { code: cause.code });
  const { response } = exchange;
  // Who may not deliver was answered already.
  if (!response.headersSent) sendText(response, 500, messageOf(cause), 'text/plain; charset=utf-8');
  return new Promise(() => {
    // Nobody waits for it but the framework.
  });
}

/**
 * What an event function throws to be called again: the message has a code and nothing else, and the
 * stack, should anybody print it, is one line of our log.
 */
export function redelivery(cause: AppError): AppError {
  const refusal = new AppError(cause.code, messageOf(cause), { cause });
  const print = jsonLogger((line) => {
    refusal.stack = line.trimEnd();
  });
  print.info('Delivery refused', { code: cause.code });
  return refusal;
}

const messageOf = ({ code }: AppError): string => `Not done (${code}); deliver again`;
