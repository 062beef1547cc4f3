import { DAY_MS, systemClock } from '../../shared/kernel/clock.ts';
import { deadlineAfter } from '../../shared/kernel/deadline.ts';
import { round } from './measure.ts';
import { fill, USER, withWorkspace } from './workspace.ts';

const ITEMS = 100_000;
const SESSIONS = 20;
const MIB = 1_024 * 1_024;

/** 100,000 items from hot to cold: how fast, in how much memory, how much smaller. */
export async function migration() {
  return withWorkspace(async (system) => {
    const createdAtMs = Date.now() - 60 * DAY_MS;
    for (let index = 0; index < SESSIONS; index++) {
      await fill(system, `session-${index}`, ITEMS / SESSIONS, createdAtMs);
    }
    globalThis.gc?.();
    const beforeBytes = process.memoryUsage.rss();
    let peakBytes = beforeBytes;
    const watch = setInterval(() => {
      peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
    }, 5);
    const startMs = performance.now();
    const deadline = deadlineAfter(600_000, systemClock);
    const report = await system.memory.migrateTiers({ dryRun: false, deadline });
    const seconds = (performance.now() - startMs) / 1_000;
    clearInterval(watch);
    peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
    if (report.warmToCold !== ITEMS || report.remaining !== 0) {
      throw new Error(`Only ${report.warmToCold} of ${ITEMS} items became cold`);
    }
    for (let index = 0; index < SESSIONS; index++) {
      const session = { userId: USER, sessionId: `session-${index}` };
      const { ranges, gaps } = await system.memory.coverage(session);
      if (gaps.length > 0 || ranges.some(({ tier }) => tier !== 'cold')) {
        throw new Error('An item is not where it should be');
      }
    }
    return {
      items: ITEMS,
      'items/s': Math.round(ITEMS / seconds),
      'RSS growth MiB': Math.round((peakBytes - beforeBytes) / MIB),
      segments: report.segmentsWritten,
      'times smaller': round(report.bytesBefore / report.bytesAfter),
    };
  });
}
