import { SECOND_MS } from '../../kernel/clock.ts';

/** Answers within the platform alone (https://cloud.google.com/run/docs/container-contract#metadata-server). */
const METADATA_HOST = 'metadata.google.internal';
const TIMEOUT_MS = SECOND_MS;
/** Where no region is known; the API takes it as one. */
export const NO_REGION = 'global';

/** The region that this function runs in, for example `europe-west1`; else `global`. */
export async function findRegion(host = METADATA_HOST): Promise<string> {
  try {
    const response = await fetch(`http://${host}/computeMetadata/v1/instance/region`, {
      headers: { 'metadata-flavor': 'Google' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    // `projects/<number>/regions/<region>`
    const [, region] = /\/regions\/([a-z0-9-]+)$/.exec((await response.text()).trim()) ?? [];
    return response.ok && region !== undefined ? region : NO_REGION;
  } catch {
    return NO_REGION; // A label of the figures, not worth failing for.
  }
}
