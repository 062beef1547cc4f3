import { describe, expect, it } from 'vitest';
import { readConfig } from '../../functions/config.ts';
import { AppError } from '../../shared/kernel/app-error.ts';
import { startFault } from './start-fault.ts';

const PLACE = { host: '127.0.0.1', port: 8080 };
const coded = (code: string) => Object.assign(new Error(`listen ${code}`), { code });

const thrownBy = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    return error;
  }
};

describe('startFault', () => {
  it('says what to do about a port', () => {
    expect(startFault(coded('EADDRINUSE'), PLACE)).toBe(
      'Port 8080 on 127.0.0.1 is in use: stop what listens there, or choose another one with --port.',
    );
    expect(startFault(coded('EACCES'), { ...PLACE, port: 80 })).toBe(
      'Listening on port 80 on 127.0.0.1 is not allowed: choose a port above 1023 with --port.',
    );
    expect(startFault(coded('EADDRNOTAVAIL'), { ...PLACE, host: '10.9.8.7' })).toBe(
      '10.9.8.7 is not an address of this machine: set STRATA_HOST to one that is.',
    );
  });

  it('lists every fault of the configuration, a line each', () => {
    const error = thrownBy(() => readConfig({ PORT: 'x', STRATA_DATADIR: '/d' }));
    expect(startFault(error, PLACE).split('\n')).toEqual([
      'STRATA_DATADIR: unknown variable; did you mean STRATA_DATA_DIR?',
      'PORT: expected a whole number from 0 up to 65535, found "x"',
    ]);
  });

  it('shows one line of anything else', () => {
    expect(startFault(new AppError('unavailable', 'Not\n writable'), PLACE)).toBe('Not writable');
    expect(startFault('odd', PLACE)).toBe('odd');
  });
});
