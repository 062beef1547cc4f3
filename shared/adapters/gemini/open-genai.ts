import { type GeminiPlace, noProject } from './gemini-place.ts';
import type { GenAiModels } from './genai-summarizer.ts';

/**
 * A client of `@google/genai`, which is loaded here and not before. The SDK's own retries stay off:
 * the bus repeats what failed.
 *
 * @throws AppError `invalid-argument` when neither `project` nor the environment names a project.
 */
export async function openGenAi(place: GeminiPlace): Promise<GenAiModels> {
  const { GoogleGenAI, ThinkingLevel } = await import('@google/genai');
  const { project, location, endpoint, googleAuthOptions } = place;
  try {
    const { models } = new GoogleGenAI({
      vertexai: true,
      location,
      apiVersion: 'v1',
      ...(project ? { project } : {}),
      ...(endpoint ? { httpOptions: { baseUrl: endpoint } } : {}),
      ...(googleAuthOptions ? { googleAuthOptions } : {}),
    });
    return {
      models: {
        generateContent({ config: { thinkingConfig, ...config }, ...request }) {
          // The SDK takes its own enum only, whose values are the same words.
          const thinking = thinkingConfig && {
            thinkingConfig: { thinkingLevel: ThinkingLevel[thinkingConfig.thinkingLevel] },
          };
          return models.generateContent({ ...request, config: { ...config, ...thinking } });
        },
      },
    };
  } catch (thrown) {
    throw noProject(thrown);
  }
}
