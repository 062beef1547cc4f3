import { describe, expect, it } from 'vitest';
import { ManualClock } from './manual-clock.ts';

describe('ManualClock', () => {
  it('stands still until it is moved', () => {
    const clock = new ManualClock(1_000);
    expect(clock.now()).toBe(1_000);
    clock.advance(250);
    expect(clock.now()).toBe(1_250);
    clock.set(900);
    expect(clock.now()).toBe(900);
  });

  it('runs due timers in the order of their instants, each at its own', () => {
    const clock = new ManualClock(0);
    const ran: string[] = [];
    clock.after(20, () => ran.push(`late at ${clock.now()}`));
    clock.after(10, () => ran.push(`early at ${clock.now()}`));
    clock.after(31, () => ran.push('not yet'));
    clock.advance(30);
    expect(ran).toEqual(['early at 10', 'late at 20']);
    expect(clock.pendingMs).toEqual([1]);
  });

  it('runs a timer that another one sets within the same span', () => {
    const clock = new ManualClock(0);
    const ran: number[] = [];
    clock.after(10, () => clock.after(5, () => ran.push(clock.now())));
    clock.advance(15);
    expect(ran).toEqual([15]);
  });

  it('does not run a cancelled timer', () => {
    const clock = new ManualClock(0);
    const ran: number[] = [];
    const cancel = clock.after(10, () => ran.push(1));
    cancel();
    clock.advance(10);
    expect(ran).toEqual([]);
  });
});
