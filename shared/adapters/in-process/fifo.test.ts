import { describe, expect, it } from 'vitest';
import { Fifo } from './fifo.ts';

describe('Fifo', () => {
  it('gives back in the order put in, also after it was empty', () => {
    const fifo = new Fifo<number>();
    expect([fifo.shift(), fifo.peek(), fifo.size]).toEqual([undefined, undefined, 0]);
    fifo.push(1);
    fifo.push(2);
    expect([fifo.peek(), fifo.shift(), fifo.shift(), fifo.shift()]).toEqual([1, 1, 2, undefined]);
    fifo.push(3);
    expect([fifo.size, fifo.peek(), fifo.shift(), fifo.size]).toEqual([1, 3, 3, 0]);
  });
});
