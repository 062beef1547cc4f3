/**
 * Answers of the service in the shapes that it gives them
 * (https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference and
 * https://cloud.google.com/apis/design/errors).
 */
export interface GeminiReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  /** The connection breaks off after so many characters of the body. */
  readonly brokenAfter?: number;
  /** Comes when this is fulfilled. */
  readonly after?: Promise<unknown>;
}

const json = (status: number, value: unknown, headers = {}): GeminiReply => ({
  status,
  headers: { 'content-type': 'application/json; charset=UTF-8', ...headers },
  body: JSON.stringify(value, undefined, 2),
});

const USAGE = {
  promptTokenCount: 412,
  candidatesTokenCount: 31,
  totalTokenCount: 460,
  thoughtsTokenCount: 17,
  trafficType: 'ON_DEMAND',
};

const answer = (text: string, finishReason: string, promptTokenCount = 412): unknown => ({
  candidates: [
    {
      content: { role: 'model', parts: [{ text }] },
      finishReason,
      avgLogprobs: -0.21,
    },
  ],
  usageMetadata: { ...USAGE, promptTokenCount },
  modelVersion: 'gemini-3.5-flash',
  createTime: '2026-11-20T09:30:00.000000Z',
  responseId: 'r-1',
});

const failure = (code: number, status: string, message: string, details: unknown[] = []) => ({
  error: { code, message, status, ...(details.length > 0 ? { details } : {}) },
});

/** A whole answer. */
export const success = (text: string, promptTokenCount?: number): GeminiReply =>
  json(200, answer(text, 'STOP', promptTokenCount));

/** Cut off at `maxOutputTokens`. */
export const cutOff = (text: string): GeminiReply => json(200, answer(text, 'MAX_TOKENS'));

/** The whole limit went into thinking: no content at all. */
export const cutOffBefore = (): GeminiReply =>
  json(200, {
    candidates: [{ content: { role: 'model' }, finishReason: 'MAX_TOKENS' }],
    usageMetadata: { promptTokenCount: 412, totalTokenCount: 1_412, thoughtsTokenCount: 1_000 },
    modelVersion: 'gemini-3.5-flash',
  });

/** The answer was stopped by a safety filter. */
export const safetyStop = (): GeminiReply =>
  json(200, {
    candidates: [
      {
        finishReason: 'SAFETY',
        safetyRatings: [
          { category: 'HARM_CATEGORY_HARASSMENT', probability: 'HIGH', blocked: true },
        ],
      },
    ],
    usageMetadata: { promptTokenCount: 412, totalTokenCount: 412 },
    modelVersion: 'gemini-3.5-flash',
  });

/** The question was not even answered. */
export const promptBlocked = (): GeminiReply =>
  json(200, {
    promptFeedback: { blockReason: 'PROHIBITED_CONTENT' },
    usageMetadata: { promptTokenCount: 412, totalTokenCount: 412 },
    modelVersion: 'gemini-3.5-flash',
  });

export const exhausted = (retryAfterSeconds: number): GeminiReply =>
  json(
    429,
    failure(429, 'RESOURCE_EXHAUSTED', 'Resource exhausted. Please try again later.', [
      {
        '@type': 'type.googleapis.com/google.rpc.RetryInfo',
        retryDelay: `${retryAfterSeconds}s`,
      },
    ]),
    { 'retry-after': String(retryAfterSeconds) },
  );

export const refusal = (code: number, status: string): GeminiReply =>
  json(code, failure(code, status, 'The request was refused.'));

export const internalError = (): GeminiReply =>
  json(500, failure(500, 'INTERNAL', 'Internal error encountered.'));

/** A front end's page instead of the service's JSON. */
export const badGateway = (): GeminiReply => ({
  status: 502,
  headers: { 'content-type': 'text/html; charset=UTF-8' },
  body: '<!DOCTYPE html><title>Error 502 (Server Error)!!1</title>',
});

/** JSON that ends too early, in an answer that seems whole. */
export function truncated(): GeminiReply {
  const { body, ...reply } = success('The parcel is paid.');
  return { ...reply, body: body.slice(0, body.length / 2) };
}

/** The connection breaks in the middle of the answer. */
export const broken = (): GeminiReply => ({ ...success('The parcel is paid.'), brokenAfter: 40 });

/** No answer before `after`. */
export const slow = (after: Promise<unknown>): GeminiReply => ({ ...success('Late.'), after });
