import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-package-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

it('the basic setup runs in an empty folder on the package as it would be published', async () => {
  const folder = await emptyFolder();
  const { stdout } = await run('npm', ['pack', '--pack-destination', folder, '--json'], {
    cwd: ROOT,
  });
  const packed = JSON.parse(stdout.slice(stdout.search(/^[[{]/m)));
  const [{ filename, files }] = Array.isArray(packed) ? packed : Object.values(packed);
  const paths: string[] = files.map(({ path }: { path: string }) => path);
  expect(paths).toContain('dist/shared/index.js');
  expect(paths).toContain('dist/shared/adapters/gemma/gemma3.vocab.zst');
  expect(paths).toContain('dist/shared/adapters/gemma/NOTICE.md');
  expect(paths.filter((path) => /[.]test[.]|contract|testing/.test(path))).toEqual([]);

  const modules = join(folder, 'node_modules');
  await mkdir(join(modules, 'strata-memory'), { recursive: true });
  await run('tar', ['xzf', join(folder, filename), '--strip-components=1'], {
    cwd: join(modules, 'strata-memory'),
  });
  const { dependencies } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  for (const name of Object.keys(dependencies)) {
    if (name.includes('/'))
      await mkdir(join(modules, name.split('/')[0] ?? ''), { recursive: true });
    await symlink(join(ROOT, 'node_modules', name), join(modules, name));
  }
  const source = await readFile(join(ROOT, 'infra/examples/basic-setup.ts'), 'utf8');
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await writeFile(join(folder, 'main.ts'), source);
  const { stdout: said } = await run(process.execPath, ['main.ts'], { cwd: folder });
  expect(said).toMatch(/^This is a message /);
  expect(said).toContain("{ role: 'user', content: 'This is a message' }");
});
