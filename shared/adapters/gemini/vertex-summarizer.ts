import type { Summarizer, SummaryDraft, SummaryRequest } from '../../ports/summarizer.ts';
import type { GeminiCall, GeminiContent, GeminiResponse, GenerationConfig } from './gemini-api.ts';
import { GEMINI_MAX_INPUT_TOKENS, type GeminiOptions, writeSummary } from './gemini-writer.ts';

/** The part of `VertexAI` of `@google-cloud/vertexai` that is called here. */
export interface VertexModels {
  getGenerativeModel(params: { readonly model: string }): {
    generateContent(request: {
      readonly systemInstruction: GeminiContent;
      readonly contents: GeminiContent[];
      readonly generationConfig: GenerationConfig;
    }): Promise<{ readonly response: GeminiResponse }>;
  };
}

/** Summaries by Gemini through `@google-cloud/vertexai`, whose calls cannot be cancelled. */
export class VertexSummarizer implements Summarizer {
  readonly maxInputTokens = GEMINI_MAX_INPUT_TOKENS;
  readonly #client: VertexModels;
  readonly #options: GeminiOptions;

  constructor(client: VertexModels, options: GeminiOptions) {
    this.#client = client;
    this.#options = options;
  }

  summarize(request: SummaryRequest): Promise<SummaryDraft> {
    return writeSummary(request, this.#options, (call) => this.#generate(call));
  }

  async #generate({ systemInstruction, prompt, config }: GeminiCall): Promise<GeminiResponse> {
    const model = this.#client.getGenerativeModel({ model: this.#options.model });
    const { response } = await model.generateContent({
      systemInstruction: { role: 'system', parts: [{ text: systemInstruction }] },
      contents: [{ role: 'user', parts: [{ text: prompt }] }],
      generationConfig: config,
    });
    return response;
  }
}
