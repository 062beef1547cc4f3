/** Gives numbers from 0 to below 1. */
export type Random = () => number;

export const pick = <T>(random: Random, from: readonly T[]): T => {
  const one = from[Math.floor(random() * from.length)];
  if (one === undefined) throw new RangeError('Nothing to pick from');
  return one;
};

export const between = (random: Random, from: number, to: number): number =>
  from + Math.floor(random() * (to - from + 1));

/** A sentence of chatter: `<10-50>` becomes a number, `<a|b>` one of the two. */
export const chatterOf = (random: Random, template: string): string =>
  template
    .replaceAll(/<(\d+)-(\d+)>/g, (_, from, to) =>
      String(between(random, Number(from), Number(to))),
    )
    .replaceAll(/<([^<>]+)>/g, (_, words) => pick(random, String(words).split('|')));

/** A value to plant: `#` becomes a digit, `^` a capital letter, `%` a hexadecimal digit. */
export const plantedIn = (random: Random, template: string): string =>
  template.replaceAll(/[#^%]/g, (mark) =>
    mark === '#'
      ? String(between(random, 1, 9))
      : pick(random, mark === '^' ? [...'ABCDEFGHJKLMNPQRSTUVWXYZ'] : [...'0123456789abcdef']),
  );
