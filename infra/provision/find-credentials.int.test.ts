import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { startNode } from '../local/child.ts';

/** A person who never logged in. */
const HOME = mkdtempSync(join(tmpdir(), 'strata-home-'));
afterAll(() => rmSync(HOME, { recursive: true, force: true }));

it.each(['provision', 'doctor'])(
  'npm run %s without credentials says how to get some, in one line',
  async (name) => {
    const place = ['--project', 'my-project', '--region', 'europe-west1'];
    const child = startNode([`infra/${name}/main.ts`, ...place], {
      ...{ HOME, CLOUDSDK_CONFIG: HOME, STRATA_DATA_DIR: HOME },
      ...{ GOOGLE_APPLICATION_CREDENTIALS: '', METADATA_SERVER_DETECTION: 'none' },
    });
    expect(await child.ended).toBe(1);
    expect(child.stderr()).toBe(
      'strata: There are no Google Cloud credentials: gcloud auth application-default login\n',
    );
  },
);
