/**
 * The part of Gemini's API that a summary needs, as both SDKs carry it
 * (https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference).
 */
export interface GeminiContent {
  readonly role: string;
  readonly parts: { readonly text: string }[];
}

export interface GenerationConfig {
  readonly temperature?: number;
  readonly candidateCount: number;
  /** Bounds the answer and what the model thinks before it, together. */
  readonly maxOutputTokens: number;
  readonly thinkingConfig?: { readonly thinkingLevel: ThinkingLevel };
}
export type ThinkingLevel = 'MINIMAL' | 'LOW';

/** One call of the model, in neither SDK's words. */
export interface GeminiCall {
  readonly systemInstruction: string;
  readonly prompt: string;
  readonly config: GenerationConfig;
}

/** What is read of an answer. Every field may be absent: the service and its SDKs change. */
export interface GeminiResponse {
  readonly candidates?:
    | readonly {
        readonly content?:
          | {
              readonly parts?:
                | readonly {
                    readonly text?: string | undefined;
                    readonly thought?: boolean | undefined;
                  }[]
                | undefined;
            }
          | undefined;
        readonly finishReason?: string | undefined;
      }[]
    | undefined;
  readonly promptFeedback?: { readonly blockReason?: string | undefined } | undefined;
  readonly usageMetadata?:
    | {
        readonly promptTokenCount?: number | undefined;
        readonly candidatesTokenCount?: number | undefined;
        readonly thoughtsTokenCount?: number | undefined;
      }
    | undefined;
  readonly modelVersion?: string | undefined;
}
