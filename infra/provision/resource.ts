import type { Json } from '../../shared/kernel/json.ts';

/** What can be compared and shown of a resource: plain JSON, the same fields wanted and found. */
export type Fields = Readonly<Record<string, Json>>;

/** The APIs that provisioning calls, as `gcloud services enable` names them. */
export type Api = 'pubsub' | 'cloudscheduler' | 'firebaserules' | 'firestore' | 'monitoring';

/** A resource as it is in the cloud. */
export interface Found {
  readonly fields: Fields;
  /** Whether provisioning made it: what it did not make, it neither changes nor removes. */
  readonly isOurs: boolean;
}

/**
 * One thing in the cloud: how it should be, how it is, and what makes the one of the other. Every
 * method is safe to repeat.
 */
export interface Resource {
  readonly api: Api;
  /** For people: `topic`, `subscription` … */
  readonly kind: string;
  /** For people: the short name. */
  readonly name: string;
  readonly wanted: Fields;
  /** Fields that the API never changes once the resource is there. */
  readonly fixed?: readonly string[];
  /** What to do where others have made one; default: rename or remove theirs. */
  readonly ifOfOthers?: string;
  /** Stays when the rest is removed, for this reason. */
  readonly kept?: string;
  /** `undefined` when it is not there. */
  read(): Promise<Found | undefined>;
  create(): Promise<void>;
  /** Sets these fields to what is wanted. */
  update(fields: readonly string[]): Promise<void>;
  remove(): Promise<void>;
}
