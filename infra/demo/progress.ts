import { performance } from 'node:perf_hooks';
import { styleText } from 'node:util';

/** One step of the demo with the time it took. */
export interface Step {
  readonly name: string;
  readonly durationMs: number;
  readonly note: string;
}

/** Where progress is shown. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const BAR_WIDTH = 24;
const REDRAW_MS = 60;

/** Shows what is going on: a bar that moves on a terminal, one line per step elsewhere. */
export class Progress {
  readonly steps: Step[] = [];
  readonly #screen: Screen;
  #drawnAtMs = 0;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** Runs a step; what `work` returns as text stands behind its name when it is done. */
  async step(name: string, work: (tick: Tick) => Promise<string>): Promise<void> {
    const startedAtMs = performance.now();
    let quarters = 0;
    this.#draw(name, 0, '');
    const note = await work((done, total, what) => {
      const share = done / Math.max(1, total);
      if (performance.now() - this.#drawnAtMs >= REDRAW_MS) this.#draw(name, share, what);
      const reached = Math.min(3, Math.floor(share * 4));
      if (this.#screen.isTTY || reached <= quarters) return;
      quarters = reached;
      this.#screen.write(`  ${name.padEnd(14)} ${25 * quarters} %  ${what}\n`);
    });
    const durationMs = performance.now() - startedAtMs;
    this.steps.push({ name, durationMs, note });
    this.#clear();
    const seconds = `${(durationMs / 1_000).toFixed(1)} s`.padStart(7);
    this.#screen.write(
      `${paint(this.#screen, 'green', '✓')} ${name.padEnd(14)} ${paint(this.#screen, 'dim', seconds)}  ${note}\n`,
    );
  }

  #draw(name: string, share: number, what: string): void {
    if (!this.#screen.isTTY) return;
    this.#drawnAtMs = performance.now();
    const filled = Math.round(Math.min(1, share) * BAR_WIDTH);
    const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
    const line = `  ${name.padEnd(14)} ${bar} ${what}`;
    const width = Math.max(20, (this.#screen.columns ?? 80) - 1);
    this.#screen.write(`\r\u001B[2K${line.slice(0, width)}`);
  }

  #clear(): void {
    if (this.#screen.isTTY) this.#screen.write('\r\u001B[2K');
  }
}

/** Tells how far a step is. */
export type Tick = (done: number, total: number, what: string) => void;

type Colour = Parameters<typeof styleText>[0];

/** Colours a text where the screen is a terminal that wants colours (`NO_COLOR` and its kin). */
export function paint(screen: Screen, colour: Colour, text: string): string {
  return screen.isTTY ? styleText(colour, text) : text;
}
