import { z } from 'zod';
import { VARIABLES } from '../../functions/variables.ts';

/** Every variable with its default, unit, bounds and meaning, as a Markdown table. */
export function configTable(): string {
  const rows = VARIABLES.map(({ name, schema }) => {
    const {
      default: initial,
      minimum,
      maximum,
      exclusiveMinimum,
      enum: names,
      description,
    } = z.toJSONSchema(schema);
    const unit = schema.meta()?.['unit'];
    const from = minimum ?? exclusiveMinimum;
    const bounds = names
      ? names.map((one) => code(one)).join(', ')
      : from === undefined
        ? ''
        : `${exclusiveMinimum === undefined ? '' : '> '}${number(from)} … ${number(maximum)}`;
    return [
      code(name),
      initialText(initial),
      typeof unit === 'string' ? unit : '',
      bounds,
      sentence(description ?? ''),
    ];
  });
  const head = ['variable', 'default', 'unit', 'bounds', 'meaning'];
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

const code = (value: unknown): string =>
  value === undefined || value === '' ? '' : `\`${String(value)}\``;
const number = (value: unknown): string => Number(value).toLocaleString('en');
const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function initialText(initial: unknown): string {
  if (initial === '' || (Array.isArray(initial) && initial.length === 0)) return '';
  return typeof initial === 'object' ? 'see below' : code(initial);
}
