import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { dropAbsent } from '../kernel/drop-absent.ts';
import { StrataOptions } from '../options.ts';
import { SqliteHarness } from '../testing/sqlite-harness.ts';
import { cursorKeysOf } from './cursor-keys.ts';
import { openEmbedded } from './embedded.ts';

const harness = new SqliteHarness();
afterAll(() => harness.dispose());

describe('the key of cursors', () => {
  beforeEach(() => harness.create());
  const open = async (cursorKeys?: readonly string[]) =>
    openEmbedded({
      options: StrataOptions.parse({}),
      dataDir: '',
      stores: await harness.peer(),
      ...dropAbsent({ cursorKeys }),
    });

  it('is random, and one for all instances on a store and after a restart', async () => {
    const [one, two] = [await open(), await open()];
    const key = await one.cursorKeys.forSigning();
    expect(key).toMatch(/^[\w-]{43}$/);
    expect(await two.cursorKeys.accepted()).toEqual([key]);
    expect(await two.cursorKeys.forSigning()).toBe(key);
    await Promise.all([one.close(), two.close()]);
    expect(await (await open()).cursorKeys.accepted()).toEqual([key]);
    await harness.create();
    expect(await (await open()).cursorKeys.forSigning()).not.toBe(key);
  });

  it('is made by who gives a cursor out, not by who takes one', async () => {
    const { cursorKeys } = await open();
    expect(await cursorKeys.accepted()).toEqual([]);
    expect(await (await harness.peer()).secrets.find('cursor-key')).toBeUndefined();
    const key = await cursorKeys.forSigning();
    expect(await cursorKeys.accepted()).toEqual([key]);
  });

  it('is what was given, and then the store is not asked', async () => {
    const asked: string[] = [];
    const note = async (name: string) => `${asked.push(name)}`;
    const keys = cursorKeysOf({ keep: note, find: note }, ['next', 'last']);
    expect(await keys.forSigning()).toBe('next');
    expect(await keys.accepted()).toEqual(['next', 'last']);
    expect(asked).toEqual([]);
    expect(await (await open(['given'])).cursorKeys.accepted()).toEqual(['given']);
  });

  it('is asked for when it is needed, once, and again where that failed', async () => {
    let calls = 0;
    const keep = async () => {
      if (++calls === 1) throw new Error('down');
      return 'kept';
    };
    const keys = cursorKeysOf({ keep, find: async () => undefined });
    expect(calls).toBe(0);
    await expect(keys.forSigning()).rejects.toThrow('down');
    expect(await Promise.all([keys.forSigning(), keys.forSigning()])).toEqual(['kept', 'kept']);
    expect(await keys.accepted()).toEqual(['kept']);
    expect(calls).toBe(2);
  });
});
