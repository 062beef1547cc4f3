import { afterEach, expect, it, vi } from 'vitest';
import { type Emulator, startFirestoreEmulator, startPubsubEmulator } from './emulators.ts';
import { reportMissing } from './missing.ts';

afterEach(() => vi.unstubAllEnvs());

const isListening = (host: string) =>
  fetch(`http://${host}/`).then(
    ({ ok }) => ok,
    () => false,
  );

it.each([
  ['Firestore', 'FIRESTORE_EMULATOR_HOST', startFirestoreEmulator],
  ['Pub/Sub', 'PUBSUB_EMULATOR_HOST', startPubsubEmulator],
] as const)('starts the %s emulator and really ends it', async (name, variable, start) => {
  vi.stubEnv(variable, '');
  const emulator: Emulator | undefined = await start();
  if (!emulator) return reportMissing(`${name} emulator`);
  expect(await isListening(emulator.host)).toBe(true);
  await emulator.stop();
  expect(await isListening(emulator.host)).toBe(false);
  await emulator.stop();
});

it('uses an emulator that runs already, and leaves it running', async () => {
  vi.stubEnv('FIRESTORE_EMULATOR_HOST', '127.0.0.1:1');
  const emulator = await startFirestoreEmulator();
  expect(emulator?.host).toBe('127.0.0.1:1');
  await emulator?.stop();
});
