import type { GeminiUsage } from '../adapters/gemini/gemini-writer.ts';
import { inSpan, noteInSpan } from '../adapters/opentelemetry/in-span.ts';
import type { Summarizer } from '../ports/summarizer.ts';

/**
 * A summariser with a span for each call of its model, named as OpenTelemetry names such calls
 * (https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/, status Development, read 2026-11).
 * It says which model and how many tokens; what was said and what the model wrote it never says.
 */
export const tracedModel = (summarizer: Summarizer, model: string): Summarizer => ({
  maxInputTokens: summarizer.maxInputTokens,
  summarize: (request) =>
    inSpan(
      {
        name: `generate_content ${model}`,
        isCallOut: true,
        attributes: {
          'gen_ai.operation.name': 'generate_content',
          'gen_ai.provider.name': 'gcp.vertex_ai',
          'gen_ai.request.model': model,
          'gen_ai.output.type': 'text',
        },
      },
      () => summarizer.summarize(request),
    ),
});

/** Told within the call, also where its answer is then refused: it was paid for. Thoughts are output. */
export function noteUsage({ model, promptTokens, outputTokens, thoughtTokens }: GeminiUsage): void {
  noteInSpan({
    'gen_ai.response.model': model,
    'gen_ai.usage.input_tokens': promptTokens,
    'gen_ai.usage.output_tokens': outputTokens + thoughtTokens,
    'gen_ai.usage.reasoning.output_tokens': thoughtTokens,
  });
}
