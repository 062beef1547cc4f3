import { AppError } from '../../kernel/app-error.ts';

/** Runs a command; whatever goes wrong with it means that Redis could not serve it. */
export async function reach<T>(operation: string, command: () => Promise<T>): Promise<T> {
  try {
    return await command();
  } catch (cause) {
    throw new AppError('unavailable', `Redis ${operation} failed`, { cause });
  }
}
