import type { Rate } from '../domain/rate.ts';
import type { StrataOptions } from '../options.ts';

/** What an end user may ask for; `undefined`: as much as comes. */
export const userRate = ({
  userRatePerSec,
  userRateBurst,
}: Pick<StrataOptions, 'userRatePerSec' | 'userRateBurst'>): Rate | undefined =>
  userRatePerSec > 0 ? { perSec: userRatePerSec, burst: userRateBurst } : undefined;
