import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LICENCES, licencesPage } from './licences.ts';
import { lockedPackages } from './lock-file.ts';

/** May be used in, and given on with, a product under Apache-2.0. */
const SHIPPED = [
  'MIT',
  'Apache-2.0',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'CC0-1.0',
  '(MIT OR CC0-1.0)',
  // Names of licences (spdx-exceptions), unchanged.
  'CC-BY-3.0',
];
/** May be used to build and to test. */
const DEVELOPED_WITH = [
  ...SHIPPED,
  'MIT OR Apache-2.0',
  'Apache-2.0 AND MIT',
  'MPL-2.0',
  '(MIT AND Zlib)',
];

const packageJson = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { readonly allowScripts: Readonly<Record<string, boolean>> };

describe('dependencies', () => {
  it('have licences that go with ours', () => {
    const wrong = lockedPackages().filter(
      ({ license = 'none', isShipped }) =>
        !(isShipped ? SHIPPED : DEVELOPED_WITH).includes(license),
    );
    expect(wrong.map(({ name, license }) => `${name}: ${license}`)).toEqual([]);
  });

  it('are listed with their licences: `npm run docs` writes the list', () => {
    expect(readFileSync(LICENCES, 'utf8')).toBe(licencesPage());
  });

  it('run a script at install only where package.json says so, and only that of Node itself', () => {
    const withScript = lockedPackages().filter(({ hasInstallScript }) => hasInstallScript);
    const known = Object.keys(packageJson.allowScripts);
    expect(withScript.map(({ name }) => name).filter((name) => !known.includes(name))).toEqual([]);
    const allowed = Object.entries(packageJson.allowScripts).filter(([, isAllowed]) => isAllowed);
    expect(allowed).toEqual([['node', true]]);
  });

  it('are locked to the byte', () => {
    const loose = lockedPackages().filter(
      // Binaries for other platforms than the one that wrote the lock file are not installed here.
      ({ integrity, optional }) => integrity === undefined && optional !== true,
    );
    expect(loose.map(({ path }) => path)).toEqual([]);
    expect(lockedPackages().every(({ version }) => /^\d+\.\d+\.\d+/.test(version ?? ''))).toBe(
      true,
    );
  });
});
