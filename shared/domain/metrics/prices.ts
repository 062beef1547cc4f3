/**
 * What Google charges, for estimates: discounts, free quotas and other prices of a contract are not
 * in them. US dollars.
 */

/**
 * Firestore, Standard edition, database in the US multi-region (nam5), for one document; a regional
 * database in the US costs half. https://firebase.google.com/docs/firestore/pricing, 2026-11-22.
 */
export const FIRESTORE_USD = {
  read: 0.06 / 100_000,
  write: 0.18 / 100_000,
  delete: 0.02 / 100_000,
} as const;
export type FirestoreOperation = keyof typeof FIRESTORE_USD;

/**
 * What costs without a call, for the README. Google's pages show these figures by script: they are as
 * others transcribed them, in us-central1 unless another place is named.
 */
export const AT_REST_USD = {
  /** Multi-region nam5; one region costs less. https://cloud.google.com/firestore/pricing, 2018-05. */
  firestoreGibMonth: 0.18,
  /** Basic tier below 5 GiB. https://cloud.google.com/memorystore/docs/redis/pricing, 2025. */
  redisGibHour: 0.049,
  /** An e2-micro. https://cloud.google.com/compute/vm-instance-pricing, 2025. */
  connectorMachineHour: 0.008_38,
  /** After three of an account. https://firebase.google.com/docs/functions/schedule-functions, 2026-11. */
  scheduleMonth: 0.1,
  freeSchedules: 3,
  /** After six of an account. https://cloud.google.com/secret-manager/pricing, 2026-11. */
  secretVersionMonth: 0.06,
  freeSecretVersions: 6,
  /** After half a GiB of an account. https://cloud.google.com/artifact-registry/pricing, 2025. */
  imageGibMonth: 0.1,
  freeImageGib: 0.5,
} as const;

interface ModelPrice {
  readonly inputUsd: number;
  /** Thinking included. */
  readonly outputUsd: number;
}

const perMillion = (inputUsd: number, outputUsd: number): ModelPrice => ({
  inputUsd: inputUsd / 1_000_000,
  outputUsd: outputUsd / 1_000_000,
});

/**
 * Gemini on the paid tier, for one token of text in prompts of up to 200,000 tokens; ours have at
 * most 100,000. https://ai.google.dev/gemini-api/docs/pricing as transcribed on 2026-10-07, older
 * models on 2026-07-04. Gemini 3.8 Flash is at half price until 2026-12-31: here is what it costs after.
 */
const GEMINI_USD: Readonly<Record<string, ModelPrice>> = {
  'gemini-3.8-flash': perMillion(1.5, 7.5),
  'gemini-3.5-flash': perMillion(1.5, 9),
  'gemini-3.5-flash-lite': perMillion(0.3, 2.5),
  'gemini-3.1-pro': perMillion(2, 12),
  'gemini-3.1-flash-lite': perMillion(0.25, 1.5),
  'gemini-3-flash': perMillion(0.5, 3),
  'gemini-2.5-pro': perMillion(1.25, 10),
  'gemini-2.5-flash': perMillion(0.3, 2.5),
  'gemini-2.5-flash-lite': perMillion(0.1, 0.4),
};

export interface ModelUse {
  readonly model: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/**
 * What a call costs; `undefined` for a model that is not in the table. A version of a model
 * (`gemini-3.5-flash-001`) costs what the model does.
 */
export function modelCostUsd({ model, inputTokens, outputTokens }: ModelUse): number | undefined {
  const price = priceOf(model);
  return price && inputTokens * price.inputUsd + outputTokens * price.outputUsd;
}

function priceOf(model: string): ModelPrice | undefined {
  const names = Object.keys(GEMINI_USD).filter((name) => `${model}-`.startsWith(`${name}-`));
  // The longest one: `gemini-3.5-flash-lite` is no version of `gemini-3.5-flash`.
  const [name = ''] = names.sort((a, b) => b.length - a.length);
  return GEMINI_USD[name];
}
