import { lockedPackages } from './lock-file.ts';

export const LICENCES = new URL('../licences.md', import.meta.url);

const HEAD = `# Licences of the dependencies

What \`npm ci\` installs, by licence; \`npm run docs\` writes this page from the lock file, and a test holds
it and the list of allowed licences. Strata itself is under Apache-2.0. The vocabulary that it ships
has terms of its own: see [NOTICE](../shared/adapters/gemma/NOTICE.md).
`;

/** The page that lists them. */
export function licencesPage(): string {
  const packages = lockedPackages();
  const section = (title: string, isShipped: boolean) => [
    `## ${title}`,
    '',
    ...table(packages.filter((one) => one.isShipped === isShipped)),
    '',
  ];
  return [
    HEAD,
    ...section('With the product', true),
    ...section('For development and tests alone', false),
  ].join('\n');
}

function table(packages: ReturnType<typeof lockedPackages>): string[] {
  const byLicence = Map.groupBy(packages, ({ license }) => license ?? 'none named');
  return [
    '| licence | packages |',
    '| --- | --- |',
    ...[...byLicence]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([licence, ones]) => {
        const names = [...new Set(ones.map(({ name }) => `\`${name}\``))].sort();
        return `| ${licence} | ${names.join(', ')} |`;
      }),
  ];
}
