import { readFileSync } from 'node:fs';
import { z } from 'zod';

const Locked = z.object({
  version: z.string().optional(),
  license: z.string().optional(),
  integrity: z.string().optional(),
  dev: z.boolean().optional(),
  devOptional: z.boolean().optional(),
  optional: z.boolean().optional(),
  hasInstallScript: z.boolean().optional(),
});

/** A package as the lock file has it. */
export interface LockedPackage extends z.output<typeof Locked> {
  readonly path: string;
  readonly name: string;
  /** Comes with the product, not only with its development. */
  readonly isShipped: boolean;
}

const LockFile = z.object({ packages: z.record(z.string(), Locked) });

/** What `npm ci` installs. */
export function lockedPackages(): readonly LockedPackage[] {
  const url = new URL('../../package-lock.json', import.meta.url);
  const { packages } = LockFile.parse(JSON.parse(readFileSync(url, 'utf8')));
  return Object.entries(packages).flatMap(([path, one]) =>
    path === ''
      ? []
      : [{ ...one, path, name: nameOf(path), isShipped: !one.dev && !one.devOptional }],
  );
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 13);
