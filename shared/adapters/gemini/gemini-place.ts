import { AppError } from '../../kernel/app-error.ts';

/** Where Gemini is called, and as whom. */
export interface GeminiPlace {
  /** Absent: what the environment names, in the SDK's own way (`GOOGLE_CLOUD_PROJECT`). */
  readonly project?: string;
  /** `global`, `us`, `eu` or a region. Gemini 3 is served on `global`. */
  readonly location: string;
  /** Another server than Google's, as `host:port`: https through `vertexai`, a URL through `genai`. */
  readonly endpoint?: string;
  /** Options of `google-auth-library`. Absent: application default credentials. */
  readonly googleAuthOptions?: object;
}

/** `vertexai` builds `<location>-aiplatform…` by itself, which exists for regions only. */
export function hostOf(location: string): string {
  if (location === 'global') return 'aiplatform.googleapis.com';
  if (location === 'us' || location === 'eu') return `aiplatform.${location}.rep.googleapis.com`;
  return `${location}-aiplatform.googleapis.com`;
}

/** Both SDKs refuse to start without a project, each in its own words. */
export const noProject = (cause: unknown): AppError =>
  new AppError(
    'invalid-argument',
    'Gemini needs a Google Cloud project: set geminiProject (STRATA_GEMINI_PROJECT) or GOOGLE_CLOUD_PROJECT',
    { cause },
  );
