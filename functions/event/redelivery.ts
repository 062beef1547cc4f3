import { AppError } from '../../shared/kernel/app-error.ts';
import { jsonLogger } from '../../shared/kernel/logger.ts';

/**
 * What an event function throws to be called again. The framework shows its message to the caller,
 * and prints its stack as it stands, whatever `STRATA_LOG` says: so the message has a code and
 * nothing else, and the stack is one line of our log. What failed was logged where it failed.
 */
export function redelivery(cause: AppError): AppError {
  const { code } = cause;
  const refusal = new AppError(code, `Not done (${code}); deliver again`, { cause });
  const print = jsonLogger((line) => {
    refusal.stack = line.trimEnd();
  });
  print.info('Delivery refused', { code });
  return refusal;
}
