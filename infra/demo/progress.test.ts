import { describe, expect, it } from 'vitest';
import { Progress } from './progress.ts';

function screen(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, columns: 60, written, write: (text: string) => written.push(text) };
}

const halfway = async (tick: (done: number, total: number, what: string) => void) => {
  for (let done = 0; done <= 4; done++) tick(done, 4, `day ${done}`);
  return '4 days';
};

describe('Progress', () => {
  it('prints plain lines where there is no terminal', async () => {
    const plain = screen(false);
    await new Progress(plain).step('Live', halfway);
    const text = plain.written.join('').replace(/\d+\.\d s/, '0.0 s');
    expect(text).toBe(
      [
        '  Live           25 %  day 1',
        '  Live           50 %  day 2',
        '  Live           75 %  day 3',
        '✓ Live             0.0 s  4 days',
        '',
      ].join('\n'),
    );
  });

  it('moves a bar on a terminal, and leaves one line of it', async () => {
    const terminal = screen(true);
    await new Progress(terminal).step('Live', halfway);
    expect(terminal.written[0]).toBe('\r\u001B[2K  Live           ░░░░░░░░░░░░░░░░░░░░░░░░ ');
    expect(terminal.written.at(-2)).toBe('\r\u001B[2K');
    expect(terminal.written.at(-1)).toContain('4 days\n');
  });

  it('remembers what each step took', async () => {
    const progress = new Progress(screen(false));
    await progress.step('Live', async () => 'done');
    expect(progress.steps).toEqual([
      { name: 'Live', durationMs: expect.any(Number), note: 'done' },
    ]);
  });
});
