import { money } from './script.ts';

const FAMILIES = [
  { code: 'C', name: 'celadon', base: 38.4, step: 1.6, tones: 9 },
  { code: 'T', name: 'tenmoku', base: 31.2, step: 1.1, tones: 8 },
  { code: 'S', name: 'shino', base: 34.8, step: 1.4, tones: 7 },
  { code: 'W', name: 'white', base: 27.6, step: 0.9, tones: 6 },
  { code: 'R', name: 'copper red', base: 46.5, step: 2.2, tones: 6 },
  { code: 'A', name: 'ash', base: 29.9, step: 1.2, tones: 9 },
] as const;

/** Sizes in kilograms, and what each costs of the price of five. */
const SIZES = [
  { kg: 1, share: 0.28 },
  { kg: 2.5, share: 0.56 },
  { kg: 5, share: 1 },
  { kg: 10, share: 1.9 },
  { kg: 25, share: 4.5 },
] as const;

/** A supplier's whole price list, about 20 KiB: the large tool result of the conversation. */
export function priceList(): string {
  const rows = FAMILIES.flatMap(({ code, name, base, step, tones }) =>
    Array.from({ length: tones }, (_, tone) =>
      SIZES.map(({ kg, share }) => {
        const price = money((base + step * tone) * share);
        const sku = `NL-${code}${tone + 1}-${kg}`;
        const heat = 1_220 + 20 * ((tone + code.charCodeAt(0)) % 5);
        return `${sku},${name} ${tone + 1},${kg} kg,${price},EUR,${heat} °C,lead <0.1 mg/l,cadmium <0.01 mg/l,in stock ${(tone * 7 + kg * 3) % 40}`;
      }),
    ).flat(),
  );
  return ['sku,glaze,size,price,currency,firing,lead,cadmium,stock', ...rows].join('\n');
}
