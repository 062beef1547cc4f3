import { Firestore } from '@google-cloud/firestore';
import { DEMO_PROJECT, startFirestoreEmulator } from './emulators.ts';

/**
 * `node infra/tooling/torn-reads.ts [seconds]`: shows, with Google's client alone, that the emulator
 * lets a read-only transaction see half of a commit. A writer moves seven documents into another one
 * and back, one batch each time; readers look at all of them in one transaction. In a snapshot every
 * document is of the head's version. See infra/decisions/0010-firestore.md.
 */
const [seconds = '20'] = process.argv.slice(2);
const NAMES = ['1', '2', '3', '4', '5', '6', '7'];
const READERS = 4;

const emulator = await startFirestoreEmulator();
if (!emulator) throw new Error('There is no Firestore emulator here');
process.env['FIRESTORE_EMULATOR_HOST'] = emulator.host;
const databaseId = `torn-${Date.now()}`;
const connect = () => new Firestore({ projectId: DEMO_PROJECT, databaseId });
const place = (db: Firestore) => {
  const head = db.collection('heads').doc('one');
  const rows = head.collection('rows');
  return {
    head,
    rows,
    all: NAMES.map((name) => rows.doc(name)),
    packed: head.collection('packed'),
  };
};

let isOver = false;
let commits = 0;

async function move(): Promise<void> {
  const db = connect();
  const { head, all, packed } = place(db);
  for (let version = 1; !isOver; version++) {
    const batch = db.batch();
    batch.set(head, { version });
    if (version % 2 === 1) {
      for (const ref of all) batch.set(ref, { version });
      batch.delete(packed.doc('all'));
    } else {
      batch.set(packed.doc('all'), { version });
      for (const ref of all) batch.delete(ref);
    }
    await batch.commit();
    commits++;
  }
}

/** What a reader saw, as one line, and whether that was ever committed. */
interface Sight {
  readonly line: string;
  readonly isTorn: boolean;
}

const WAYS = ['a query', 'reads by name'] as const;

async function look(db: Firestore, way: (typeof WAYS)[number]): Promise<Sight> {
  const { head, rows, all } = place(db);
  return db.runTransaction(
    async (transaction) => {
      const version = Number((await transaction.get(head)).get('version'));
      const documents =
        way === 'a query'
          ? (await transaction.get(rows)).docs
          : (await transaction.getAll(...all)).filter(({ exists }) => exists);
      const seen = documents.map((one) => `${one.id}: ${one.get('version')}`);
      const isWhole =
        version % 2 === 1
          ? documents.length === NAMES.length &&
            documents.every((one) => one.get('version') === version)
          : documents.length === 0;
      const times = new Set(documents.map(({ readTime }) => readTime.toDate().toISOString()));
      const line = `${way}: head ${version}, rows {${seen.join(', ')}} at ${[...times].join(' and ')}`;
      return { line, isTorn: !isWhole };
    },
    { readOnly: true },
  );
}

const torn: string[] = [];
let reads = 0;

async function watch(): Promise<void> {
  const db = connect();
  while (!isOver) {
    for (const way of WAYS) {
      const { line, isTorn } = await look(db, way);
      reads++;
      if (isTorn) torn.push(line);
    }
  }
}

const first = connect();
await place(first).head.set({ version: 0 });
setTimeout(() => {
  isOver = true;
}, Number(seconds) * 1_000);
try {
  await Promise.all([move(), ...Array.from({ length: READERS }, watch)]);
} finally {
  await emulator.stop();
}
const text = `${commits} commits, ${reads} read-only transactions, ${torn.length} saw half of a commit`;
process.stdout.write(`${text}\n${torn.slice(0, 10).join('\n')}\n`);
