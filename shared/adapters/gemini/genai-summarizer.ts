import type { Summarizer, SummaryDraft, SummaryRequest } from '../../ports/summarizer.ts';
import type { GeminiCall, GeminiContent, GeminiResponse, GenerationConfig } from './gemini-api.ts';
import { GEMINI_MAX_INPUT_TOKENS, type GeminiOptions, writeSummary } from './gemini-writer.ts';

/** The part of `GoogleGenAI` of `@google/genai` that is called here. */
export interface GenAiModels {
  readonly models: {
    generateContent(request: {
      readonly model: string;
      readonly contents: GeminiContent[];
      readonly config: GenAiConfig;
    }): Promise<GeminiResponse>;
  };
}

interface GenAiConfig extends GenerationConfig {
  readonly systemInstruction: string;
  readonly abortSignal: AbortSignal;
}

/** Summaries by Gemini through `@google/genai`, the successor of `@google-cloud/vertexai`. */
export class GenAiSummarizer implements Summarizer {
  readonly maxInputTokens = GEMINI_MAX_INPUT_TOKENS;
  readonly #client: GenAiModels;
  readonly #options: GeminiOptions;

  constructor(client: GenAiModels, options: GeminiOptions) {
    this.#client = client;
    this.#options = options;
  }

  summarize(request: SummaryRequest): Promise<SummaryDraft> {
    return writeSummary(request, this.#options, (call, signal) => this.#generate(call, signal));
  }

  #generate(
    { systemInstruction, prompt, config }: GeminiCall,
    abortSignal: AbortSignal,
  ): Promise<GeminiResponse> {
    return this.#client.models.generateContent({
      model: this.#options.model,
      contents: [{ role: 'user', parts: [{ text: prompt }] }],
      config: { ...config, systemInstruction, abortSignal },
    });
  }
}
