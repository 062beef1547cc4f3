import { ConfigError } from '../../functions/config-error.ts';
import { AppError } from '../../shared/kernel/app-error.ts';

/** What went wrong at the start and what to do about it: one line each, and no stack. */
export function startFault(error: unknown, { host, port }: { host: string; port: number }): string {
  if (error instanceof ConfigError) return error.message;
  if (error instanceof AppError) return oneLine(error.message);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const where = `port ${port} on ${host}`;
  switch (code) {
    case 'EADDRINUSE':
      return `${capital(where)} is in use: stop what listens there, or choose another one with --port.`;
    case 'EACCES':
      return `Listening on ${where} is not allowed: choose a port above 1023 with --port.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${host} is not an address of this machine: set STRATA_HOST to one that is.`;
    default:
      return oneLine(error instanceof Error ? error.message : String(error));
  }
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
