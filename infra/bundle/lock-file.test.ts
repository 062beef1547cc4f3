import { expect, it } from 'vitest';
import { lockFileOf, projectLock } from './lock-file.ts';

const bundle = { name: 'read-items', version: '1.0.0', dependencies: { zod: '4.0.0' } };
const framework = { name: '@google-cloud/functions-framework', version: '5.0.0' };
const pathsOf = (packages: readonly string[]) =>
  Object.keys(lockFileOf({ bundle, framework, packages }).packages).slice(3);

it('locks a package with all that it needs, wherever it lies, as the project has it', () => {
  const { packages: ours } = projectLock();
  expect(pathsOf(['ioredis'])).toEqual([
    'node_modules/@ioredis/commands',
    'node_modules/cluster-key-slot',
    'node_modules/debug',
    'node_modules/denque',
    'node_modules/ioredis',
    'node_modules/ms',
    'node_modules/redis-errors',
    'node_modules/standard-as-callback',
  ]);
  const nested = Object.keys(ours).find((path) =>
    /^node_modules\/[^@/]+\/node_modules\/[^@/]+$/.test(path),
  );
  const [, outer = ''] = /^node_modules\/([^/]+)\//.exec(nested ?? '') ?? [];
  expect(pathsOf([outer])).toContain(nested);
  const { packages } = lockFileOf({ bundle, framework, packages: ['zod'] });
  expect(packages['node_modules/zod']?.integrity).toMatch(/^sha512-/);
});

it('takes no package that the project does not lock', () => {
  expect(() => pathsOf(['left-pad'])).toThrow(
    'expected node_modules/left-pad in package-lock.json',
  );
});
