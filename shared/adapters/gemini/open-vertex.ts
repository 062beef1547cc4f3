import { type GeminiPlace, hostOf, noProject } from './gemini-place.ts';
import type { VertexModels } from './vertex-summarizer.ts';

/**
 * A client of `@google-cloud/vertexai`, which is loaded here and not before.
 *
 * @throws AppError `invalid-argument` when neither `project` nor the environment names a project.
 */
export async function openVertex(place: GeminiPlace): Promise<VertexModels> {
  const { VertexAI } = await import('@google-cloud/vertexai');
  const { project, location, endpoint = hostOf(location), googleAuthOptions } = place;
  try {
    return new VertexAI({
      location,
      apiEndpoint: endpoint,
      ...(project ? { project } : {}),
      ...(googleAuthOptions ? { googleAuthOptions } : {}),
    });
  } catch (thrown) {
    throw noProject(thrown);
  }
}
