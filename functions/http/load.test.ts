import { describe, expect, it } from 'vitest';
import { Load } from './load.ts';

const overloaded = expect.objectContaining({ code: 'unavailable' });

describe('Load', () => {
  it('takes so many calls at a time and no more', () => {
    const load = new Load({ maxInFlight: 2 });
    const first = load.begin();
    load.begin();
    expect(() => load.begin()).toThrow(overloaded);
    first.release();
    first.release(); // Counts once.
    load.begin();
    expect(() => load.begin()).toThrow(overloaded);
  });

  it('takes so many bytes of bodies at a time, and has them back when a call ends', () => {
    const load = new Load({ maxBodyBytes: 100 });
    const one = load.begin();
    one.hold(60);
    const other = load.begin();
    expect(() => other.hold(41)).toThrow(overloaded);
    other.hold(40);
    one.release();
    one.hold(1_000); // Its call is over: what still comes in is dropped, not counted.
    other.hold(60);
    expect(() => other.hold(1)).toThrow(overloaded);
  });

  it('begins nothing while memory is short, and goes on when it is not', async () => {
    let ratio = 0.96;
    const load = new Load({}, () => ratio);
    expect(() => load.begin()).toThrow(overloaded);
    ratio = 0.5;
    await expect.poll(() => load.begin(), { timeout: 5_000 }).toBeDefined();
  });

  it('finds room in this very process', () => {
    expect(() => new Load().begin()).not.toThrow();
  });
});
