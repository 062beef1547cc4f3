import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { atRestTable } from './at-rest-table.ts';
import { configTable } from './config-table.ts';
import { figuresTable } from './figures-table.ts';
import { whatYourModelSees } from './what-your-model-sees.ts';

const ROOT = new URL('../../', import.meta.url);
export const README = fileURLToPath(new URL('README.md', ROOT));

/** What stands in the README between `<!-- name -->` and `<!-- /name -->`, made from the sources. */
const SECTIONS: Readonly<Record<string, () => string | Promise<string>>> = {
  'basic-setup': () =>
    `\`\`\`ts\n${readFileSync(new URL('infra/examples/basic-setup.ts', ROOT), 'utf8').trim()}\n\`\`\``,
  'at-rest': atRestTable,
  configuration: configTable,
  figures: figuresTable,
  'what-your-model-sees': whatYourModelSees,
};

/** The README with its generated sections as they should be now. */
export async function currentReadme(text: string): Promise<string> {
  let result = text;
  for (const [name, make] of Object.entries(SECTIONS)) {
    const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const from = result.indexOf(begin);
    const to = result.indexOf(end);
    if (from < 0 || to < from) throw new Error(`The README has no section ${name}`);
    result = `${result.slice(0, from + begin.length)}\n${await make()}\n${result.slice(to)}`;
  }
  return result;
}
