import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AppError } from './app-error.ts';
import { listOf } from './list-of.ts';
import { validate } from './validate.ts';

const Point = z.strictObject({ x: z.number(), name: z.string().default('none') });
const Points = z.strictObject({ points: listOf(Point, 'must have at least one point') });

function violations(points: unknown): unknown {
  try {
    return validate(Points, { points });
  } catch (error) {
    return AppError.from(error).details['violations'];
  }
}

describe('a list of at least one', () => {
  it('is read with what its values leave out', () => {
    expect(validate(Points, { points: [{ x: 1 }, { x: 2, name: 'b' }] })).toEqual({
      points: [
        { x: 1, name: 'none' },
        { x: 2, name: 'b' },
      ],
    });
  });

  it('says of every value what is wrong and where', () => {
    expect(violations([{ x: 1 }, 7, { x: 'a', y: 2 }])).toEqual([
      { path: 'points.1', message: expect.any(String) },
      { path: 'points.2.x', message: expect.any(String) },
      { path: 'points.2.y', message: 'is unknown' },
    ]);
    expect(violations([])).toEqual([{ path: 'points', message: 'must have at least one point' }]);
    expect(violations('none')).toMatchObject([{ path: 'points' }]);
  });

  it('stops at a hundred faults: millions of them were more than the stack takes', () => {
    let looked = 0;
    const Counted = z.custom(() => {
      looked++;
      return false;
    }, 'is wrong');
    const list = z.strictObject({ points: listOf(Counted, 'none') });
    const points = Array(1_000_000).fill(0);
    expect(() => validate(list, { points })).toThrow('not valid');
    expect(looked).toBe(100);
    expect(violations(points)).toHaveLength(100);
  });
});
