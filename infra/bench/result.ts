/** A figure that was measured in several rounds: what noise does to it can be seen. */
export interface Spread {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
  readonly rounds: number;
}

export type Figures = Readonly<Record<string, number | Spread>>;

/** Figures that belong together, in rows. */
export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** What a bench found. */
export interface Findings {
  readonly figures: Figures;
  readonly table?: Table;
}

/** What `npm run bench -- NAME --save` writes into `results/NAME.json`. */
export interface Result extends Findings {
  readonly name: string;
  readonly at: string;
  readonly commit: string;
  readonly node: string;
  readonly machine: string;
}

/** A figure as people read it. */
export function figureText(figure: number | Spread): string {
  if (typeof figure === 'number') return numberText(figure);
  const { median, lowest, highest, rounds } = figure;
  return `${numberText(median)} (${numberText(lowest)} to ${numberText(highest)} in ${rounds} rounds)`;
}

const numberText = (value: number): string => value.toLocaleString('en');

/** As lines of Markdown. */
export const tableLines = ({ title, columns, rows }: Table): readonly string[] => [
  `${title}:`,
  '',
  rowLine(columns),
  rowLine(columns.map(() => '---')),
  ...rows.map((row) => rowLine(row.map((cell) => cell.toLocaleString('en')))),
];

const rowLine = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
